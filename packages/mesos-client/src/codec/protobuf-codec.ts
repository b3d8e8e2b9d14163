import protobuf from 'protobufjs/light.js';
import { MesosError } from '../mesos-error.ts';
import { checkMessage } from './check-message.ts';
import type { Codec } from './codec.ts';
import type { FieldShape, MessageShape, ScalarType, ValueShape } from './message-shape.ts';

type Message = Record<string, unknown>;
type Words = { readonly low: number; readonly high: number } | number;

const varint = 0;
const fixed64 = 1;
const delimited = 2;

const wireTypes: Readonly<Record<ScalarType, number>> = {
  bool: varint,
  bytes: delimited,
  double: fixed64,
  int32: varint,
  int64: varint,
  string: delimited,
  uint32: varint,
  uint64: varint,
};

function wireTypeOf(shape: ValueShape): number {
  if (shape.kind === 'scalar') return wireTypes[shape.scalar];
  return shape.kind === 'enum' ? varint : delimited;
}

/** protobufjs reads 64 bits as two words of 32, low and high. */
function unsigned(words: Words): bigint {
  return typeof words === 'number'
    ? BigInt(words)
    : (BigInt(words.high >>> 0) << 32n) | BigInt(words.low >>> 0);
}

const signed = (words: Words): bigint => BigInt.asIntN(64, unsigned(words));

/** The other way; protobufjs takes the two words where its types ask for a Long. */
function toWords(value: bigint): number {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high } as unknown as number;
}

const readers: Readonly<Record<ScalarType, (reader: protobuf.Reader) => unknown>> = {
  bool: (reader) => reader.bool(),
  // A copy: the record that holds the bytes may be large, and Node's own Buffer is not what is promised.
  bytes: (reader) => new Uint8Array(reader.bytes()),
  double: (reader) => reader.double(),
  int32: (reader) => reader.int32(),
  int64: (reader) => signed(reader.int64()),
  string: (reader) => reader.string(),
  uint32: (reader) => reader.uint32(),
  uint64: (reader) => unsigned(reader.uint64()),
};

function readValue(shape: ValueShape, reader: protobuf.Reader, earlier: unknown): unknown {
  if (shape.kind === 'scalar') return readers[shape.scalar](reader);
  if (shape.kind === 'enum') return shape.enum.nameOf.get(reader.int32());
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('a message is longer than what holds it');
  // A message field that comes twice is merged, as protobuf has it.
  return readFields(shape.message, reader, end, (earlier ?? {}) as Message);
}

function append(message: Message, name: string, value: unknown): void {
  if (value === undefined) return;
  const values = message[name] as unknown[] | undefined;
  if (values) values.push(value);
  else message[name] = [value];
}

function readRepeated(field: FieldShape, reader: protobuf.Reader, packed: boolean, message: Message): void {
  if (!packed) {
    append(message, field.name, readValue(field.value, reader, undefined));
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) append(message, field.name, readValue(field.value, reader, undefined));
}

function emptyOf(shape: ValueShape): unknown {
  return shape.kind === 'message' ? {} : '';
}

function readEntry(field: FieldShape, reader: protobuf.Reader, message: Message): void {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value = emptyOf(field.value);
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else if (tag >>> 3 === 2) value = readValue(field.value, reader, undefined);
    else reader.skipType(tag & 7);
  }
  const entries = (message[field.name] ?? {}) as Message;
  Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
  message[field.name] = entries;
}

function readField(field: FieldShape, reader: protobuf.Reader, wireType: number, message: Message): void {
  const expected = field.label === 'map' ? delimited : wireTypeOf(field.value);
  const packed = field.label === 'repeated' && wireType === delimited && expected !== delimited;
  if (wireType !== expected && !packed) {
    reader.skipType(wireType);
  } else if (field.label === 'repeated') {
    readRepeated(field, reader, packed, message);
  } else if (field.label === 'map') {
    readEntry(field, reader, message);
  } else {
    const value = readValue(field.value, reader, message[field.name]);
    if (value !== undefined) message[field.name] = value;
  }
}

function readFields(shape: MessageShape, reader: protobuf.Reader, end: number, message: Message): Message {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = shape.byNumber.get(tag >>> 3);
    if (field) readField(field, reader, tag & 7, message);
    else reader.skipType(tag & 7);
  }
  if (reader.pos > end) throw new RangeError('a field is longer than the message that holds it');
  return message;
}

const writers: Readonly<Record<ScalarType, (writer: protobuf.Writer, value: never) => unknown>> = {
  bool: (writer, value) => writer.bool(value),
  bytes: (writer, value) => writer.bytes(value),
  double: (writer, value) => writer.double(value),
  int32: (writer, value) => writer.int32(value),
  int64: (writer, value) => writer.int64(toWords(value)),
  string: (writer, value) => writer.string(value),
  uint32: (writer, value) => writer.uint32(value),
  uint64: (writer, value) => writer.uint64(toWords(value)),
};

function writeValue(shape: ValueShape, number: number, value: unknown, writer: protobuf.Writer): void {
  writer.uint32(((number << 3) | wireTypeOf(shape)) >>> 0);
  if (shape.kind === 'scalar') {
    writers[shape.scalar](writer, value as never);
  } else if (shape.kind === 'enum') {
    writer.int32(shape.enum.numberOf.get(value as string) ?? 0);
  } else {
    writer.fork();
    writeFields(shape.message, value as Message, writer);
    writer.ldelim();
  }
}

function writeEntries(field: FieldShape, value: object, writer: protobuf.Writer): void {
  for (const [key, element] of Object.entries(value)) {
    writer.uint32(((field.number << 3) | delimited) >>> 0).fork();
    writer.uint32((1 << 3) | delimited).string(key);
    writeValue(field.value, 2, element, writer);
    writer.ldelim();
  }
}

function writeField(field: FieldShape, value: unknown, writer: protobuf.Writer): void {
  if (field.label === 'map') writeEntries(field, value as object, writer);
  else if (field.label === 'repeated')
    for (const element of value as readonly unknown[]) writeValue(field.value, field.number, element, writer);
  else writeValue(field.value, field.number, value, writer);
}

function writeFields(shape: MessageShape, message: Message, writer: protobuf.Writer): protobuf.Writer {
  for (const field of shape.fields) {
    const value = message[field.name];
    if (value !== undefined) writeField(field, value, writer);
  }
  return writer;
}

/** The protobuf codec of a message (proto2 wire format), built on the reader and writer of protobufjs. */
export function protobufCodec<T>(shape: MessageShape): Codec<T> {
  return {
    contentType: 'application/x-protobuf',
    encode(value) {
      checkMessage(shape, value);
      return writeFields(shape, value as Message, protobuf.Writer.create()).finish();
    },
    decode(bytes) {
      const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      try {
        return readFields(shape, reader, reader.len, {}) as T;
      } catch (cause) {
        throw new MesosError('MALFORMED_MESSAGE', `${shape.name}: ${String(cause)}`, { cause });
      }
    },
  };
}
