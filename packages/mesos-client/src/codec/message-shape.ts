import { enumRows, messageRows } from '../gen/shapes.ts';

/** As deep as protobuf's own parsers go: container ids, and what is unknown, may lie in one another without end. */
export const maximumDepth = 100;

/** The value of a field. What an object inherits is none of its fields, in either wire format. */
export function ownValue(message: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(message, name) ? message[name] : undefined;
}

/** The scalar types that occur in the Mesos API. */
export type ScalarType = 'bool' | 'bytes' | 'double' | 'int32' | 'int64' | 'string' | 'uint32' | 'uint64';

/** An enum. */
export interface EnumShape {
  readonly name: string;
  readonly numberOf: ReadonlyMap<string, number>;
}

/** What a field holds. */
export type ValueShape =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'enum'; readonly enum: EnumShape }
  | { readonly kind: 'message'; readonly message: MessageShape };

/** A field of a message; keys of maps are strings throughout the Mesos API. */
export interface FieldShape {
  readonly name: string;
  readonly number: number;
  readonly label: 'required' | 'optional' | 'repeated' | 'map';
  readonly value: ValueShape;
}

/** A message type, as encoding needs it. */
export interface MessageShape {
  readonly name: string;
  readonly fields: readonly FieldShape[];
  readonly byName: ReadonlyMap<string, FieldShape>;
}

const labels = { r: 'required', o: 'optional', '*': 'repeated', m: 'map' } as const;
const fieldRow = /^(\d+)([ro*m])(\w+):(.+)$/;

const shapes = new Map<string, MessageShape>();
const enums = new Map<string, EnumShape>();

const rowsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

function shapeOfEnum(name: string, text: string): EnumShape {
  let shape = enums.get(name);
  if (shape === undefined) {
    const entries = rowsOf(text).map((row): [string, number] => {
      const [number, value = ''] = row.split('=');
      return [value, Number(number)];
    });
    shape = { name, numberOf: new Map(entries) };
    enums.set(name, shape);
  }
  return shape;
}

function shapeOfValue(type: string): ValueShape {
  const enumText = enumRows[type];
  if (enumText !== undefined) return { kind: 'enum', enum: shapeOfEnum(type, enumText) };
  if (type.includes('.')) return { kind: 'message', message: messageShape(type) };
  return { kind: 'scalar', scalar: type as ScalarType };
}

function shapeOfField(row: string): FieldShape {
  const [, number, label, name = '', type = ''] = fieldRow.exec(row) ?? [];
  return {
    name,
    number: Number(number),
    label: labels[label as keyof typeof labels],
    value: shapeOfValue(type),
  };
}

/**
 * The shape of a message by its full name, such as `mesos.v1.scheduler.Call`. Made when it is first asked for, since
 * programs use few of all messages. Throws if there is none of this name.
 */
export function messageShape(name: string): MessageShape {
  const known = shapes.get(name);
  if (known) return known;
  const text = messageRows[name];
  if (text === undefined) throw new Error(`no message ${name} in the Mesos API`);
  const fields: FieldShape[] = [];
  const byName = new Map<string, FieldShape>();
  const shape: MessageShape = { name, fields, byName };
  // Entered before its fields are looked at, for messages that contain themselves (a container's parent).
  shapes.set(name, shape);
  for (const field of rowsOf(text).map(shapeOfField)) {
    fields.push(field);
    byName.set(field.name, field);
  }
  return shape;
}
