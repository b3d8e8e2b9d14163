import { MesosError } from '../mesos-error.ts';
import { fromBase64 } from './base64.ts';
import { maximumDepth } from './message-shape.ts';
import { smallBigInt } from './small-bigints.ts';
import { UnknownJsonFields, unknownFields } from './unknown-fields.ts';

/** A message under way. */
export type Message = Record<PropertyKey, unknown>;

/** Turns the JSON value of a field into ours, mostly the same object; undefined for null, which counts as unset. */
export type ReadJson = (reader: JsonReader, value: unknown, name: string) => unknown;

/** No integer of 64 bits is longer; much longer ones would take long to parse. */
const maximumIntegerLength = 20;

const integer = /^-?\d+$/;
const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const notFinite = new Set(['Infinity', '-Infinity', 'NaN']);

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Thrown inside where the text has to be parsed again with long integers kept as they are written. */
export const needsExactIntegers: unique symbol = Symbol('needsExactIntegers');

function notA(what: string, name: string, value: unknown): MesosError {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  return new MesosError('MALFORMED_MESSAGE', `expected ${what} in ${name}, found ${found}`);
}

/** Mesos takes numbers as text, too. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  return decimal.test(value) || notFinite.has(value) ? Number(value) : undefined;
}

/**
 * Turns what `JSON.parse` gives into messages, for the readers in `src/gen/json-readers.ts`: in place where that is
 * possible, so that most of a message is not copied. What is no such message is MALFORMED_MESSAGE.
 */
export class JsonReader {
  /** Whether integers that no double holds are `bigint` already. */
  readonly #isExact: boolean;
  #depth = 0;

  constructor(isExact: boolean) {
    this.#isExact = isExact;
  }

  /** The object of a message; undefined for null. */
  message(value: unknown, name: string): Message | undefined {
    if (value === null) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw notA('an object', name, value);
    return value as Message;
  }

  string(value: unknown, name: string): unknown {
    if (typeof value === 'string') return value;
    return this.#nullOr('a string', name, value);
  }

  bool(value: unknown, name: string): unknown {
    return typeof value === 'boolean' ? value : this.#nullOr('a boolean', name, value);
  }

  bytes(value: unknown, name: string): unknown {
    const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
    return bytes ?? this.#nullOr('bytes in base64', name, value);
  }

  double(value: unknown, name: string): unknown {
    return typeof value === 'number' ? value : (toNumber(value) ?? this.#nullOr('a number', name, value));
  }

  int32(value: unknown, name: string): unknown {
    const number = toNumber(value);
    if (number !== undefined && number === (number | 0)) return number | 0;
    return this.#nullOr('an integer of 32 bits', name, value);
  }

  uint32(value: unknown, name: string): unknown {
    const number = toNumber(value);
    if (number !== undefined && number === number >>> 0) return number >>> 0;
    return this.#nullOr('an unsigned integer of 32 bits', name, value);
  }

  int64(value: unknown, name: string): unknown {
    const number = this.#bigInt(value);
    if (number !== undefined && BigInt.asIntN(64, number) === number) return number;
    return this.#nullOr('an integer of 64 bits', name, value);
  }

  uint64(value: unknown, name: string): unknown {
    const number = this.#bigInt(value);
    if (number !== undefined && BigInt.asUintN(64, number) === number) return number;
    return this.#nullOr('an unsigned integer of 64 bits', name, value);
  }

  /** An array with each element turned; undefined for an empty one. */
  list(value: unknown, name: string, read: ReadJson): unknown {
    if (!Array.isArray(value)) return this.#nullOr('an array', name, value);
    for (let at = 0; at < value.length; at++) {
      const element: unknown = value[at];
      const result = read(this, element, name);
      if (result === undefined) throw notA('no null', `the array ${name}`, element);
      if (result !== element) value[at] = result;
    }
    return value.length > 0 ? value : undefined;
  }

  /** An object with each value turned; undefined for an empty one. */
  map(value: unknown, name: string, read: ReadJson): unknown {
    const entries = this.message(value, name);
    if (entries === undefined) return undefined;
    const keys = Object.keys(entries);
    for (const key of keys) {
      const result = read(this, entries[key], name);
      if (result === undefined) throw notA('no null', `the map ${name}`, null);
      Object.defineProperty(entries, key, { value: result });
    }
    return keys.length > 0 ? entries : undefined;
  }

  /** To be called around messages that may contain themselves. */
  enter(): void {
    if (++this.#depth > maximumDepth)
      throw new MesosError('MALFORMED_MESSAGE', `objects lie more than ${maximumDepth} deep in one another`);
  }

  leave(): void {
    this.#depth--;
  }

  /** Keeps what this client does not know; answers where it is kept. */
  keep(kept: UnknownJsonFields | undefined, name: string, value: unknown): UnknownJsonFields | undefined {
    if (value === null || value === undefined) return kept;
    const fields = kept ?? new UnknownJsonFields();
    fields.fields.set(name, this.#exactly(value));
    return fields;
  }

  /** The message without what was found to be unset, and with what is kept of it. */
  rebuild(message: Message, kept: UnknownJsonFields | undefined): Message {
    const rebuilt: Message = {};
    for (const name of Object.keys(message)) if (message[name] !== undefined) rebuilt[name] = message[name];
    if (kept) rebuilt[unknownFields] = kept;
    return rebuilt;
  }

  #nullOr(what: string, name: string, value: unknown): undefined {
    if (value !== null) throw notA(what, `field ${name}`, value);
    return undefined;
  }

  #bigInt(value: unknown): bigint | undefined {
    if (typeof value === 'number') return this.#integer(value);
    if (typeof value === 'bigint') return value;
    if (typeof value !== 'string' || value.length > maximumIntegerLength || !integer.test(value))
      return undefined;
    return BigInt(value);
  }

  #integer(value: number): bigint | undefined {
    if (Number.isSafeInteger(value)) return smallBigInt(value);
    if (!Number.isInteger(value)) return undefined;
    if (!this.#isExact) throw needsExactIntegers;
    return BigInt(value);
  }

  /** The same value, to be written again digit for digit. */
  #exactly(value: unknown): unknown {
    if (typeof value === 'bigint') return rawJson(String(value));
    if (
      typeof value === 'number' &&
      Number.isInteger(value) &&
      !Number.isSafeInteger(value) &&
      !this.#isExact
    )
      throw needsExactIntegers;
    if (typeof value !== 'object' || value === null) return value;
    this.enter();
    for (const [key, element] of Object.entries(value))
      Object.defineProperty(value, key, { value: this.#exactly(element) });
    this.leave();
    return value;
  }
}
