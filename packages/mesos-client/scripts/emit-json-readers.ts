import protobuf from 'protobufjs';
import { containsItself, functionName } from './emit-names.ts';

/** A function that turns one value of the field. */
function reader(field: protobuf.Field): string {
  const type = field.resolvedType;
  return type instanceof protobuf.Type ? functionName('read', type) : `read_${field.type}`;
}

/** An unknown value is kept, and the field counts as unset. */
const readEnum = (field: protobuf.Field, type: protobuf.Enum): string[] => [
  `if ((message.${field.name} = ${functionName('names', type)}.get(value)) !== undefined) continue;`,
  'kept = reader.keep(kept, name, value); break;',
];

function readEnums(type: protobuf.Enum): string[] {
  const names = functionName('names', type);
  return [
    `result = reader.list(value, name, (_reader, element) => ${names}.get(element) ?? element);`,
    `if (Array.isArray(result) && !result.every((element) => ${names}.has(element))) {`,
    `kept = reader.keep(kept, name, result.filter((element) => !${names}.has(element)));`,
    `result = result.filter((element) => ${names}.has(element));`,
    'if ((result as unknown[]).length === 0) result = undefined;',
    '} break;',
  ];
}

/** Types that JSON has in another form: they always change. */
const changed = new Set(['bytes', 'int64', 'uint64']);

function readField(field: protobuf.Field): string[] {
  const type = field.resolvedType;
  if (field.map) return [`result = reader.map(value, name, ${reader(field)}); break;`];
  if (type instanceof protobuf.Enum) return field.repeated ? readEnums(type) : readEnum(field, type);
  if (field.repeated) return [`result = reader.list(value, name, ${reader(field)}); break;`];
  if (type instanceof protobuf.Type) return [`result = ${reader(field)}(reader, value); break;`];
  if (!changed.has(field.type)) return [`result = reader.${field.type}(value, name); break;`];
  return [`if ((message.${field.name} = reader.${field.type}(value, name)) !== undefined) continue; break;`];
}

function emitMessage(type: protobuf.Type): string[] {
  const isDeep = containsItself(type);
  return [
    `function ${functionName('read', type)}(reader: JsonReader, json: unknown): unknown {`,
    `const message = reader.message(json, '${type.fullName.slice(1)}');`,
    'if (message === undefined) return undefined;',
    ...(isDeep ? ['reader.enter();'] : []),
    'let isWhole = true;',
    'let kept: UnknownJsonFields | undefined;',
    'for (const name in message) {',
    'const value = message[name];',
    'let result: unknown;',
    'switch (name) {',
    ...type.fieldsArray.flatMap((field) => [`case '${field.name}':`, ...readField(field)]),
    'default: kept = reader.keep(kept, name, value);',
    '}',
    'if (result === value) continue;',
    'message[name] = result;',
    'if (result === undefined) isWhole = false;',
    '}',
    ...(isDeep ? ['reader.leave();'] : []),
    'return isWhole && kept === undefined ? message : reader.rebuild(message, kept);',
    '}',
  ];
}

function emitEnum(type: protobuf.Enum): string {
  const entries = Object.keys(type.values).map((name) => `['${name}', '${name}']`);
  return `const ${functionName('names', type)}: Names = new Map([${entries.join(', ')}]);`;
}

const scalars = ['bool', 'bytes', 'double', 'int32', 'int64', 'string', 'uint32', 'uint64'];
const emitScalar = (type: string): string =>
  `const read_${type}: ReadJson = (reader, value, name) => reader.${type}(value, name);`;

/** A TypeScript file with a function for every message that turns parsed JSON into it. */
export function emitJsonReaders(messages: readonly protobuf.Type[], enums: readonly protobuf.Enum[]): string {
  return [
    "import type { JsonReader, ReadJson } from '../codec/json-reader.ts';",
    "import type { UnknownJsonFields } from '../codec/unknown-fields.ts';",
    '',
    '/** From a value to the same text, which all messages then share. */',
    'type Names = ReadonlyMap<unknown, string>;',
    ...scalars.map(emitScalar),
    ...enums.map(emitEnum),
    ...messages.flatMap(emitMessage),
    '/** Turns the parsed JSON of a message of each type into the message. */',
    'export const jsonReaders: Readonly<Record<string, (reader: JsonReader, json: unknown) => unknown>> = {',
    ...messages.map((type) => `'${type.fullName.slice(1)}': ${functionName('read', type)},`),
    '};',
    '',
  ].join('\n');
}
