import { MesosError } from '../mesos-error.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { checkMessage } from './check-message.ts';
import type { Codec } from './codec.ts';
import type { FieldShape, MessageShape, ScalarType, ValueShape } from './message-shape.ts';

type Json = Readonly<Record<string, unknown>>;

// Doubles hold every integer of 15 digits; only a text with a longer one needs the slower, exact way.
const longInteger = /\d{16}/;
const integer = /^-?\d+$/;

// Both are newer than the compiler's own declarations.
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

function keepLongIntegers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && integer.test(context.source ?? '')
    ? BigInt(context.source ?? '')
    : value;
}

const toNumber = (value: unknown): number | undefined =>
  typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && value.trim() !== '')
    ? Number(value)
    : undefined;

function toDouble(value: unknown): number | undefined {
  const number = toNumber(value);
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number;
}

function toInteger(value: unknown, minimum: number, maximum: number): number | undefined {
  const number = toNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= minimum && number <= maximum
    ? number
    : undefined;
}

function toBigInt(value: unknown, fit: (value: bigint) => bigint): bigint | undefined {
  if (
    typeof value === 'number' ? !Number.isInteger(value) : typeof value === 'string' && !integer.test(value)
  )
    return undefined;
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'bigint') return undefined;
  const number = BigInt(value);
  return fit(number) === number ? number : undefined;
}

/** Readers of JSON values; undefined means that the value is not of the type. Mesos allows numbers as text. */
const readers: Readonly<Record<ScalarType, (value: unknown) => unknown>> = {
  bool: (value) => (typeof value === 'boolean' ? value : undefined),
  bytes: (value) => (typeof value === 'string' ? fromBase64(value) : undefined),
  double: toDouble,
  int32: (value) => toInteger(value, -(2 ** 31), 2 ** 31 - 1),
  int64: (value) => toBigInt(value, (number) => BigInt.asIntN(64, number)),
  string: (value) => (typeof value === 'string' ? value : undefined),
  uint32: (value) => toInteger(value, 0, 2 ** 32 - 1),
  uint64: (value) => toBigInt(value, (number) => BigInt.asUintN(64, number)),
};

const notA = (what: string, value: unknown): MesosError => {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  return new MesosError('MALFORMED_MESSAGE', `expected ${what}, found ${found}`);
};

/** Undefined for an enum value that this client does not know: it counts as unset, as in Mesos itself. */
function readValue(shape: ValueShape, value: unknown, name: string): unknown {
  if (shape.kind === 'message') return readMessage(shape.message, value);
  if (shape.kind === 'enum')
    return typeof value === 'string' && shape.enum.numberOf.has(value) ? value : undefined;
  const result = readers[shape.scalar](value);
  if (result === undefined) throw notA(`${shape.scalar} in field ${name}`, value);
  return result;
}

function readRepeated(field: FieldShape, value: unknown): unknown {
  if (!Array.isArray(value)) throw notA(`an array in field ${field.name}`, value);
  const values = value
    .map((element) => readValue(field.value, element, field.name))
    .filter((element) => element !== undefined);
  return values.length > 0 ? values : undefined;
}

function readMap(field: FieldShape, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) throw notA(`an object in field ${field.name}`, value);
  const entries = Object.entries(value).map(([key, element]) => [
    key,
    readValue(field.value, element, field.name),
  ]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function readField(field: FieldShape, value: unknown): unknown {
  if (field.label === 'repeated') return readRepeated(field, value);
  return field.label === 'map' ? readMap(field, value) : readValue(field.value, value, field.name);
}

function readMessage(shape: MessageShape, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notA(shape.name, value);
  const message: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const field = shape.byName.get(name);
    const element = (value as Json)[name];
    if (!field || element === null) continue;
    const result = readField(field, element);
    if (result !== undefined) message[name] = result;
  }
  return message;
}

function writeDouble(value: number): unknown {
  if (Number.isFinite(value)) return Object.is(value, -0) ? rawJson('-0.0') : value;
  return String(value);
}

function writeValue(shape: ValueShape, value: unknown): unknown {
  if (shape.kind === 'message') return writeMessage(shape.message, value as Json);
  if (typeof value === 'bigint') return rawJson(String(value));
  if (value instanceof Uint8Array) return toBase64(value);
  return typeof value === 'number' ? writeDouble(value) : value;
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

function writeMessage(shape: MessageShape, message: Json): Json {
  const json: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(message)) {
    const field = shape.byName.get(name);
    if (field && value !== undefined) json[name] = writeField(field, value);
  }
  return json;
}

/** The JSON codec of a message; 64-bit integers are bare numbers in it, exact in both directions. */
export function jsonCodec<T>(shape: MessageShape): Codec<T> {
  return {
    contentType: 'application/json',
    encode(value) {
      checkMessage(shape, value);
      return Buffer.from(JSON.stringify(writeMessage(shape, value as Json)));
    },
    decode(bytes) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
      let json: unknown;
      try {
        json = longInteger.test(text) ? parseWithSource(text, keepLongIntegers) : JSON.parse(text);
      } catch (cause) {
        throw new MesosError('MALFORMED_MESSAGE', `${shape.name}: this is not JSON`, { cause });
      }
      return readMessage(shape, json) as T;
    },
  };
}
