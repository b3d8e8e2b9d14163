import protobuf from 'protobufjs/light.js';
import { descriptor } from '../gen/descriptor.ts';

/** The scalar types that occur in the Mesos API. */
export type ScalarType = 'bool' | 'bytes' | 'double' | 'int32' | 'int64' | 'string' | 'uint32' | 'uint64';

/** An enum, looked up both ways. */
export interface EnumShape {
  readonly name: string;
  readonly numberOf: ReadonlyMap<string, number>;
  readonly nameOf: ReadonlyMap<number, string>;
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

/** A message type, as both codecs need it. */
export interface MessageShape {
  readonly name: string;
  readonly fields: readonly FieldShape[];
  readonly byName: ReadonlyMap<string, FieldShape>;
  readonly byNumber: ReadonlyMap<number, FieldShape>;
}

const shapes = new Map<protobuf.Type, MessageShape>();
const enums = new Map<protobuf.Enum, EnumShape>();
const root = protobuf.Root.fromJSON(descriptor);
root.resolveAll();

function shapeOfEnum(type: protobuf.Enum): EnumShape {
  let shape = enums.get(type);
  if (shape === undefined) {
    const entries = Object.entries(type.values);
    shape = {
      name: type.fullName.slice(1),
      numberOf: new Map(entries),
      nameOf: new Map(entries.map(([name, number]) => [number, name])),
    };
    enums.set(type, shape);
  }
  return shape;
}

function shapeOfValue(field: protobuf.Field): ValueShape {
  const type = field.resolvedType;
  if (type instanceof protobuf.Enum) return { kind: 'enum', enum: shapeOfEnum(type) };
  if (type instanceof protobuf.Type) return { kind: 'message', message: shapeOfType(type) };
  return { kind: 'scalar', scalar: field.type as ScalarType };
}

function shapeOfField(field: protobuf.Field): FieldShape {
  const single = field.required ? 'required' : 'optional';
  return {
    name: field.name,
    number: field.id,
    label: field.map ? 'map' : field.repeated ? 'repeated' : single,
    value: shapeOfValue(field),
  };
}

function shapeOfType(type: protobuf.Type): MessageShape {
  const known = shapes.get(type);
  if (known) return known;
  const fields: FieldShape[] = [];
  const byName = new Map<string, FieldShape>();
  const byNumber = new Map<number, FieldShape>();
  const shape: MessageShape = { name: type.fullName.slice(1), fields, byName, byNumber };
  // Entered before its fields are looked at, for messages that contain themselves (a container's parent).
  shapes.set(type, shape);
  for (const field of type.fieldsArray.map(shapeOfField)) {
    fields.push(field);
    byName.set(field.name, field);
    byNumber.set(field.number, field);
  }
  return shape;
}

/** The shape of a message by its full name, such as `mesos.v1.scheduler.Call`. Throws if there is none. */
export function messageShape(name: string): MessageShape {
  return shapeOfType(root.lookupType(name));
}
