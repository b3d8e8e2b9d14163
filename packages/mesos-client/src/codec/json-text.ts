import { isAscii } from 'node:buffer';
import { MesosError } from '../mesos-error.ts';
import { JsonReader, needsExactIntegers } from './json-reader.ts';

type Read = (reader: JsonReader, json: unknown) => unknown;

/** With these many digits an integer still fits into 64 bits; longer ones are of no field, and slow to parse. */
const maximumDigits = 20;
const integer = /^-?\d+$/;

/**
 * The key of the one field with integers beyond the doubles that is often met: the time of an agent's registration.
 * A quotation mark that no backslash stands before begins a text, so that this is a key and not a part of a text.
 */
const longNanoseconds = /(?<!\\)("nanoseconds":)(-?\d{16,20})(?=[,}])/g;

// The third argument is newer than the compiler's own declarations.
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

function keepLongInteger(
  _key: string,
  value: unknown,
  { source = '' }: { readonly source?: string },
): unknown {
  const isLong = typeof value === 'number' && !Number.isSafeInteger(value) && source.length <= maximumDigits;
  return isLong && integer.test(source) ? BigInt(source) : value;
}

/** Ways to parse, the quick ones first: each gives up where an integer may have lost digits. */
const ways: readonly { readonly isExact: boolean; parse(text: string): unknown }[] = [
  { isExact: false, parse: (text) => JSON.parse(text) },
  // Numbers as text are read as well.
  { isExact: false, parse: (text) => JSON.parse(text.replace(longNanoseconds, '$1"$2"')) },
  // Ten times slower.
  { isExact: true, parse: (text) => parseWithSource(text, keepLongInteger) },
];

/** Latin-1 is several times quicker to decode, and the same where all is ASCII. */
const textOf = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');

function parse(name: string, text: string, way: (text: string) => unknown): unknown {
  try {
    return way(text);
  } catch (cause) {
    throw new MesosError('MALFORMED_MESSAGE', `${name}: this is not JSON`, { cause });
  }
}

/** The message in this JSON text. Throws MALFORMED_MESSAGE. */
export function readJson(name: string, bytes: Buffer, read: Read): unknown {
  const text = textOf(bytes);
  for (const way of ways) {
    const json = parse(name, text, way.parse);
    try {
      const message = read(new JsonReader(way.isExact), json);
      if (message !== undefined) return message;
      throw new MesosError('MALFORMED_MESSAGE', `${name}: expected an object, found null`);
    } catch (error) {
      if (error !== needsExactIntegers) throw error;
    }
  }
  throw new MesosError('MALFORMED_MESSAGE', `${name}: an integer cannot be read exactly`);
}
