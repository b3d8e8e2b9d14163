import type { Line } from '../lines/line.ts';

const tab = 0x09;
const space = 0x20;
const semicolon = 0x3b;
const quote = 0x22;
const columnsBefore = 8;

/** Bytes of a line, from `from` up to and without `to`; none where the two are the same. */
export interface Span {
  from: number;
  to: number;
}

/** Where the column of attributes begins, or -1 if the line has too few columns. */
export const attributesOf = ({ bytes, from, to }: Line): number => {
  let tabs = 0;
  for (let index = from; index < to; index += 1) {
    if (bytes[index] !== tab) continue;
    tabs += 1;
    if (tabs === columnsBefore) return index + 1;
  }
  return -1;
};

/** Whether `key` stands at `index`, and all of it before `to`: what follows is of other lines. */
const isAt = (bytes: Uint8Array, index: number, to: number, key: Uint8Array): boolean => {
  if (to - index < key.length) return false;
  for (let at = 0; at < key.length; at += 1) if (bytes[index + at] !== key[at]) return false;
  return true;
};

const endOf = (bytes: Uint8Array, from: number, to: number): number => {
  let end = from;
  while (end < to && bytes[end] !== semicolon) end += 1;
  return end;
};

/** Keys of attributes, each of which ends with "=", no two with the same first letter. */
export class AttributeKeys {
  readonly keys: readonly Uint8Array[];
  /** By the first byte of a key, its number, from 1. */
  readonly numbers = new Uint8Array(256);

  constructor(keys: readonly string[]) {
    this.keys = keys.map((key) => Buffer.from(key));
    for (const [index, key] of this.keys.entries()) this.numbers[key[0] ?? 0] = index + 1;
  }
}

/** Finds the values of keys among attributes of GFF3 that begin at `begin`. */
export const findValues = (
  line: Line,
  begin: number,
  { keys, numbers }: AttributeKeys,
  values: readonly Span[],
): void => {
  const { bytes, to } = line;
  for (const value of values) value.from = value.to = 0;
  let at = begin;
  while (at < to) {
    while (bytes[at] === space) at += 1;
    const end = endOf(bytes, at, to);
    // Most attributes are none of these, which their first letter tells.
    const number = numbers[bytes[at] ?? 0] ?? 0;
    if (number > 0) takeValue(line, { from: at, to: end }, keys[number - 1], values[number - 1]);
    at = end + 1;
  }
};

const takeValue = (
  { bytes, to }: Line,
  attribute: Span,
  key: Uint8Array | undefined,
  value: Span | undefined,
): void => {
  if (key === undefined || value === undefined || !isAt(bytes, attribute.from, to, key)) return;
  value.from = attribute.from + key.length;
  value.to = Math.max(attribute.to, value.from);
};

/** The end of an attribute of GTF, in whose quotes ";" may stand. */
const endOfQuoted = (bytes: Uint8Array, from: number, to: number): number => {
  let quoted = false;
  for (let index = from; index < to; index += 1) {
    if (bytes[index] === quote) quoted = !quoted;
    else if (bytes[index] === semicolon && !quoted) return index;
  }
  return to;
};

/** Finds the value of `key`, which ends with a space, among attributes of GTF; its quotes are left out. */
export const findQuotedValue = (line: Line, begin: number, key: Uint8Array, value: Span): boolean => {
  const { bytes, to } = line;
  let at = begin;
  while (at < to) {
    while (bytes[at] === space) at += 1;
    const end = endOfQuoted(bytes, at, to);
    if (isAt(bytes, at, to, key)) {
      value.from = at + key.length;
      value.to = end;
      while (value.from < value.to && isPadding(bytes[value.from])) value.from += 1;
      while (value.to > value.from && isPadding(bytes[value.to - 1])) value.to -= 1;
      return true;
    }
    at = end + 1;
  }
  return false;
};

const isPadding = (byte: number | undefined): boolean => byte === space || byte === quote;
