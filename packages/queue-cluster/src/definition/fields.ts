import { z } from 'zod';
import { dialectNames } from '../dialects/dialect.ts';
import { durationForm, parseDuration } from './duration.ts';
import { memoryForm, parseMemory } from './memory.ts';
import { nearest } from './nearest.ts';
import { shown } from './problem.ts';

/** A setting that `read` understands; what it does not is told with what was expected. */
function field<T>(expected: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const found = value === null ? undefined : read(value);
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: `expected ${expected}; ${shown(value)}` });
    return z.NEVER;
  });
}

/** A command line has only text, and YAML takes `0123` or `1e3` for numbers: so either is taken for the other. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;

const lineOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text !== undefined && /^[^\0\r\n]+$/.test(text) ? text : undefined;
};

/** All of them, or undefined if one is none. */
function all(values: readonly unknown[]): readonly string[] | undefined {
  const lines = values.map(lineOf);
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

/** What of a text is not blank, cut at `separator`. */
const pieces = (text: string, separator: RegExp): readonly string[] =>
  text
    .split(separator)
    .map((piece) => piece.trimEnd())
    .filter((piece) => piece.trim() !== '');

const listOf = (separator: RegExp) => (value: unknown) => {
  if (Array.isArray(value)) return all(value);
  return typeof value === 'string' ? all(pieces(value, separator)) : undefined;
};

/** One line of text. */
export const line = (expected = 'one line of text') => field(expected, lineOf);

/** Lines, as one text or as a list. */
export const lines = () => field('lines of text, or a list of them', listOf(/\r?\n/));

/** Words, as one text or, where blanks are in them, as a list. */
export const words = () => field('words, or a list of them', listOf(/\s+/));

/** A whole number. */
export const whole = (least: number, most = 1_000_000) =>
  field(`a whole number from ${least} to ${most}`, (value) => {
    const text = textOf(value);
    const number = Number(text);
    return text !== undefined && /^\d{1,9}$/.test(text) && number >= least && number <= most
      ? number
      : undefined;
  });

/** Mebibytes. */
export const memory = () => field(memoryForm, parseMemory);

/** Mebibytes, or 0. */
export const memoryOrNone = () =>
  field(`0, or ${memoryForm}`, (value) => (textOf(value) === '0' ? 0 : parseMemory(value)));

/** One of some words. */
export const oneOf = <const Words extends readonly string[]>(known: Words) =>
  field(`one of ${known.join(', ')}`, (value): Words[number] | undefined =>
    known.find((word) => word === value),
  );

/** Seconds. */
export const duration = (least: number) =>
  field(least > 0 ? `${durationForm}, of at least ${least} s` : durationForm, (value) => {
    const seconds = parseDuration(value);
    return seconds !== undefined && seconds >= least ? seconds : undefined;
  });

/** The name of a queueing system. */
export const dialect = () =>
  z.unknown().transform((value, context) => {
    const found = dialectNames.find((name) => name === value);
    if (found !== undefined) return found;
    const near = typeof value === 'string' ? nearest(value, dialectNames) : undefined;
    const advice = near === undefined ? '' : `; did you mean ${near}?`;
    const message = `expected one of ${dialectNames.join(', ')}; ${shown(value)}${advice}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** An absolute path. */
export const absolutePath = () =>
  field('an absolute path', (value) => {
    const text = lineOf(value);
    return text?.startsWith('/') ? text : undefined;
  });

const variable = /\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::-[^{}$]*)?\})/g;

/** A path that may have variables of the batch job in it. */
export const scratch = () =>
  field('an absolute path, in which $NAME may stand for a variable', (value) => {
    const text = lineOf(value);
    if (text === undefined || !/^[/$]/.test(text)) return undefined;
    return text.replaceAll(variable, '').includes('$') ? undefined : text;
  });

/** Ports, as `31000-31099`. */
export const portRange = () =>
  field('ports such as 31000-31099', (value) => {
    const text = lineOf(value);
    const [, first, last] = /^(\d{4,5})-(\d{4,5})$/.exec(text ?? '') ?? [];
    const isRange = Number(first) >= 1024 && Number(first) <= Number(last) && Number(last) <= 65_535;
    return isRange ? text : undefined;
  });

/** What every pilot tells of itself. */
const ownAttributes = ['pilot', 'pool', 'cluster', 'queue', 'host', 'ends'];

/** Attributes of agents; Mesos separates them by `;`, and a name from its value by `:`. */
export const attributes = () =>
  field(
    `names and values without ; (and none of the names ${ownAttributes.join(', ')}, which pilots have by themselves)`,
    (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const entries = Object.entries(value).map(([name, text]) => [name, lineOf(text)] as const);
      return entries.every(isAttribute) ? Object.fromEntries(entries) : undefined;
    },
  );

const isAttribute = (entry: readonly [string, string | undefined]): entry is readonly [string, string] =>
  /^[A-Za-z_][\w.-]{0,63}$/.test(entry[0]) &&
  !ownAttributes.includes(entry[0]) &&
  entry[1] !== undefined &&
  !entry[1].includes(';');
