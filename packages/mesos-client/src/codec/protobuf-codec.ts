import protobuf from 'protobufjs/minimal.js';
import { protobufDecoders } from '../gen/protobuf-decoders.ts';
import { MesosError } from '../mesos-error.ts';
import { asBuffer } from './as-buffer.ts';
import { checkMessage } from './check-message.ts';
import type { Codec } from './codec.ts';
import {
  type FieldShape,
  type MessageShape,
  ownValue,
  type ScalarType,
  type ValueShape,
} from './message-shape.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { unknownProtobufFields } from './unknown-fields.ts';

type Message = Record<string, unknown>;

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

/** protobufjs takes two words of 32 bits, low and high, where its types ask for a Long. */
function toWords(value: bigint): number {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return { low, high } as unknown as number;
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
  // First: of a field that comes twice the later one counts, and that is what the program has set since.
  const unknown = unknownProtobufFields(message);
  if (unknown) writer.raw(unknown.bytes);
  for (const field of shape.fields) {
    const value = ownValue(message, field.name);
    if (value !== undefined) writeField(field, value, writer);
  }
  return writer;
}

/** The protobuf codec of a message (proto2 wire format): decoders made from proto/, the writer of protobufjs. */
export function protobufCodec<T>(shape: MessageShape): Codec<T> {
  const read = protobufDecoders[shape.name];
  if (!read) throw new Error(`no decoder for ${shape.name}`);
  const reader = new ProtobufReader();
  return {
    contentType: 'application/x-protobuf',
    encode(value) {
      checkMessage(shape, value);
      return writeFields(shape, value as Message, protobuf.Writer.create()).finish();
    },
    decode(bytes) {
      reader.start(asBuffer(bytes));
      try {
        return read(reader, bytes.length) as T;
      } catch (cause) {
        throw new MesosError('MALFORMED_MESSAGE', `${shape.name}: ${String(cause)}`, { cause });
      } finally {
        reader.finish();
      }
    },
  };
}
