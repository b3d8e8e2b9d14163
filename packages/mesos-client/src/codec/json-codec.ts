import { jsonReaders } from '../gen/json-readers.ts';
import { asBuffer } from './as-buffer.ts';
import { toBase64 } from './base64.ts';
import { checkMessage } from './check-message.ts';
import type { Codec } from './codec.ts';
import { readJson } from './json-text.ts';
import type { FieldShape, MessageShape, ValueShape } from './message-shape.ts';
import { unknownJsonFields } from './unknown-fields.ts';

type Json = Readonly<Record<string, unknown>>;

// Newer than the compiler's own declarations.
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Not by assignment: a name may be `__proto__`. */
function setOwn(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function writeDouble(value: number): unknown {
  if (Number.isFinite(value)) return Object.is(value, -0) ? rawJson('-0.0') : value;
  return String(value);
}

function writeValue(shape: ValueShape, value: unknown): unknown {
  if (shape.kind === 'message') return writeMessage(shape.message, value as Json);
  if (typeof value === 'bigint') return rawJson(String(value));
  if (value instanceof Uint8Array) return toBase64(value);
  // The other numbers have no sign at 0.
  return shape.kind === 'scalar' && shape.scalar === 'double' ? writeDouble(value as number) : value;
}

function writeField(field: FieldShape, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => writeValue(field.value, element));
  if (field.label !== 'map') return writeValue(field.value, value);
  const entries = Object.entries(value as Json).map(([key, element]) => [
    key,
    writeValue(field.value, element),
  ]);
  return Object.fromEntries(entries);
}

/** What the program has set since counts; unknown elements of a list of enum values come after the known ones. */
function writeUnknown(shape: MessageShape, message: Json, json: Record<string, unknown>): void {
  for (const [name, value] of unknownJsonFields(message) ?? []) {
    if (!Object.hasOwn(json, name)) setOwn(json, name, value);
    else if (shape.byName.get(name)?.label === 'repeated')
      json[name] = [...(json[name] as []), ...(value as [])];
  }
}

function writeMessage(shape: MessageShape, message: Json): Json {
  const json: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(message)) {
    const field = shape.byName.get(name);
    if (field && value !== undefined) json[name] = writeField(field, value);
  }
  writeUnknown(shape, message, json);
  return json;
}

/** The JSON codec of a message; 64-bit integers are bare numbers in it, exact in both directions. */
export function jsonCodec<T>(shape: MessageShape): Codec<T> {
  const read = jsonReaders[shape.name];
  if (!read) throw new Error(`no decoder for ${shape.name}`);
  return {
    contentType: 'application/json',
    encode(value) {
      checkMessage(shape, value);
      return Buffer.from(JSON.stringify(writeMessage(shape, value as Json)));
    },
    decode(bytes) {
      return readJson(shape.name, asBuffer(bytes), read) as T;
    },
  };
}
