import type protobuf from 'protobufjs';

const labels = { required: 'r', optional: 'o', repeated: '*', map: 'm' } as const;

function labelOf(field: protobuf.Field): string {
  if (field.map) return labels.map;
  if (field.repeated) return labels.repeated;
  return field.required ? labels.required : labels.optional;
}

const fieldRow = (field: protobuf.Field): string =>
  `${field.id}${labelOf(field)}${field.name}:${field.resolvedType?.fullName.slice(1) ?? field.type}`;

const enumRow = ([name, number]: readonly [string, number]): string => `${number}=${name}`;

const entry = (type: protobuf.ReflectionObject, rows: readonly string[]): string =>
  `  '${type.fullName.slice(1)}': '${rows.join(' ')}',`;

/**
 * A TypeScript file with the fields of every message and the values of every enum, as one short text each: that
 * costs a program that starts next to nothing, and only what it uses is ever taken apart.
 */
export function emitShapes(messages: readonly protobuf.Type[], enums: readonly protobuf.Enum[]): string {
  return [
    '/** The fields of each message: number, label (required, optional, * repeated, map), name and type. */',
    'export const messageRows: Readonly<Record<string, string>> = {',
    ...messages.map((type) => entry(type, type.fieldsArray.map(fieldRow))),
    '};',
    '',
    '/** The values of each enum: number and name. */',
    'export const enumRows: Readonly<Record<string, string>> = {',
    ...enums.map((type) => entry(type, Object.entries(type.values).map(enumRow))),
    '};',
    '',
  ].join('\n');
}
