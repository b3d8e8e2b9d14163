import protobuf from 'protobufjs/minimal.js';
import { maximumDepth } from './message-shape.ts';
import { smallBigInt } from './small-bigints.ts';
import { sharedString } from './string-table.ts';
import { UnknownProtobufFields, unknownFields, unknownProtobufFields } from './unknown-fields.ts';

/** A message under way. */
export type Message = Record<PropertyKey, unknown>;

const nothing = Buffer.alloc(0);
const float64 = new DataView(new ArrayBuffer(8));

/**
 * A function to make objects with that are no different from `{}`, but for this: V8 lays objects out by the
 * function that makes them. One function per message type makes objects as large as their fields need.
 *
 * @public used by `src/gen/protobuf-decoders.ts`
 */
export function objectMaker(): new () => Message {
  const make = function make() {} as unknown as new () => Message;
  (make as { prototype: unknown }).prototype = Object.prototype;
  return make;
}

/**
 * Reads protobuf values one after the other, for the decoders in `src/gen/protobuf-decoders.ts`. Methods take the
 * end of the message at hand where what they read has a length. Bytes that are no such message are a RangeError.
 */
export class ProtobufReader {
  #bytes: Buffer = nothing;
  /** Elements of the lists under way, as a stack: lists are made when their length is known, just as large. */
  readonly #elements: unknown[] = [];
  #elementCount = 0;
  #depth = 0;
  /** Where the next value begins. */
  position = 0;

  /** Begins anew with these bytes, whatever became of those before. */
  start(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#elementCount = 0;
    this.#depth = 0;
    this.position = 0;
  }

  /** Lets go of the bytes and of what was read of them. */
  finish(): void {
    this.#bytes = nothing;
    if (this.#elements.length > 0) this.#elements.length = 0;
  }

  /** The number of the next field and its wire type, as `number * 8 + wire type`. */
  tag(): number {
    const byte = this.#bytes[this.position] ?? 0;
    if (byte >= 8 && byte < 0x80) {
      this.position++;
      return byte;
    }
    const tag = this.uint32();
    if (tag < 8) throw new RangeError('a field has the number 0');
    return tag;
  }

  uint32(): number {
    const bytes = this.#bytes;
    let position = this.position;
    let value = 0;
    // Beyond the last byte there is always one more to come, so that the loops end in the error.
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[position++] ?? 0x80;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return value >>> 0;
      }
    }
    this.#skipLongInteger(position, 5);
    return value >>> 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    return this.uint64() !== 0n;
  }

  uint64(): bigint {
    const bytes = this.#bytes;
    let position = this.position;
    let value = 0;
    let unit = 1;
    // Doubles hold seven groups of seven bits exactly.
    for (let group = 0; group < 7; group++) {
      const byte = bytes[position++] ?? 0x80;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        this.position = position;
        return smallBigInt(value);
      }
      unit *= 128;
    }
    return this.#longInteger(value, position);
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  double(): number {
    const bytes = this.#bytes;
    const position = this.position;
    for (let at = 0; at < 8; at++) float64.setUint8(at, bytes[position + at] ?? 0);
    this.position = position + 8;
    return float64.getFloat64(0, true);
  }

  string(messageEnd: number): string {
    const end = this.limit(messageEnd);
    const text = sharedString(this.#bytes, this.position, end);
    this.position = end;
    return text;
  }

  /** A copy: the record that holds the bytes may be large, and Node's own Buffer is not what is promised. */
  bytes(messageEnd: number): Uint8Array {
    const end = this.limit(messageEnd);
    const bytes = new Uint8Array(end - this.position);
    const source = this.#bytes;
    // Mostly the 16 bytes of a UUID.
    if (bytes.length <= 16)
      for (let at = 0; at < bytes.length; at++) bytes[at] = source[this.position + at] ?? 0;
    else bytes.set(source.subarray(this.position, end));
    this.position = end;
    return bytes;
  }

  /** The end of what comes next, after its length; within the message that holds it. */
  limit(messageEnd: number): number {
    const length = this.uint32();
    const end = this.position + length;
    if (end > messageEnd) throw new RangeError('a field is longer than the message that holds it');
    return end;
  }

  /** To be called at the end of a message: the last field may have gone beyond it. */
  expectEnd(end: number): void {
    if (this.position !== end) throw new RangeError('a field is longer than the message that holds it');
  }

  /** To be called around messages that may contain themselves. */
  enter(): void {
    if (++this.#depth > maximumDepth)
      throw new RangeError(`messages lie more than ${maximumDepth} deep in one another`);
  }

  leave(): void {
    this.#depth--;
  }

  /** Begins a list; the answer is for {@link endList}. */
  beginList(): number {
    return this.#elementCount;
  }

  push(element: unknown): void {
    this.#elements[this.#elementCount++] = element;
  }

  /** Takes the tag if it is the next: the elements of a list mostly come together. */
  takeTag(tag: number, end: number): boolean {
    const start = this.position;
    if (start >= end) return false;
    if (this.tag() === tag) return true;
    this.position = start;
    return false;
  }

  /** What was pushed since {@link beginList}, after what an earlier part of the message had of the list. */
  endList(first: number, earlier: unknown): unknown {
    const elements = this.#elements;
    const count = this.#elementCount;
    this.#elementCount = first;
    if (earlier === undefined)
      return count === first
        ? undefined
        : count === first + 1
          ? [elements[first]]
          : elements.slice(first, count);
    for (let at = first; at < count; at++) (earlier as unknown[]).push(elements[at]);
    return earlier;
  }

  /** Reads an entry of a map with texts for keys; `earlier` holds those before it. */
  entry(
    messageEnd: number,
    earlier: unknown,
    readEntryValue: (end: number) => unknown,
    empty: unknown,
  ): unknown {
    const end = this.limit(messageEnd);
    let key = '';
    let value = empty;
    while (this.position < end) {
      const tag = this.tag();
      if (tag === 10) key = this.string(end);
      else if (tag === 18) value = readEntryValue(end);
      else this.#skip(tag, end);
    }
    this.expectEnd(end);
    const entries = earlier ?? {};
    // Not by assignment: a key may be `__proto__`.
    Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
    return entries;
  }

  /** Keeps a field that this client does not know; `start` is where its tag begins. */
  keep(message: Message, tag: number, start: number, end: number): void {
    this.#skip(tag, end);
    this.#append(message, tag >>> 3, this.#bytes.subarray(start, this.position));
  }

  /** Keeps a value of an enum that this client does not know. */
  keepEnum(message: Message, number: number, value: number): void {
    const writer = protobuf.Writer.create();
    this.#append(
      message,
      number,
      writer
        .uint32(number * 8)
        .int32(value)
        .finish(),
    );
  }

  #append(message: Message, number: number, field: Uint8Array): void {
    let unknown = unknownProtobufFields(message);
    if (!unknown) {
      unknown = new UnknownProtobufFields();
      message[unknownFields] = unknown;
    }
    unknown.append(number, field);
  }

  #longInteger(low49: number, start: number): bigint {
    let position = start;
    let high = 0;
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = this.#bytes[position++] ?? 0x80;
      high |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return BigInt.asUintN(64, (BigInt(high) << 49n) + BigInt(low49));
      }
    }
    throw new RangeError('an integer has no end');
  }

  #skipLongInteger(start: number, maximumBytes: number): void {
    for (let position = start; position < start + maximumBytes; position++)
      if ((this.#bytes[position] ?? 0x80) < 0x80) {
        this.position = position + 1;
        return;
      }
    throw new RangeError('an integer has no end');
  }

  #skip(tag: number, end: number): void {
    const wireType = tag & 7;
    if (wireType === 0) this.#skipLongInteger(this.position, 10);
    else if (wireType === 1) this.position += 8;
    else if (wireType === 2) this.position = this.limit(end);
    else if (wireType === 3) this.#skipGroup(tag, end);
    else if (wireType === 5) this.position += 4;
    else throw new RangeError(`a field has the wire type ${wireType}`);
  }

  #skipGroup(startTag: number, end: number): void {
    this.enter();
    const endTag = startTag + 1;
    while (this.position < end) {
      const tag = this.tag();
      if (tag === endTag) {
        this.leave();
        return;
      }
      this.#skip(tag, end);
    }
    throw new RangeError('a group has no end');
  }
}
