import { FormatError } from '../format-error.ts';

/** A stretch of a reference. */
export interface Region {
  readonly reference: string;
  /** The first base, counted from 0. */
  readonly from: number;
  /** The base behind the last one; to the end of the reference if it is left out. */
  readonly to?: number;
}

const malformed = (text: string): FormatError => new FormatError('MALFORMED', text);

const bounds = /^([\d,]*)(?:(-)([\d,]*))?$/;

const numberOf = (digits: string, text: string): number => {
  const value = Number(digits.replaceAll(',', ''));
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw malformed(`expected positions from 1 on in the region ${JSON.stringify(text)}, found ${digits}`);
};

/** Positions count from 1, and the last one belongs to the region: `a-b`, `a-`, `-b`, or `a` for all from there on. */
const withBounds = (reference: string, text: string, region: string): Region => {
  const [, first = '', dash, last = ''] = bounds.exec(text) ?? [];
  if (first === '' && last === '')
    throw malformed(`expected positions behind ":" in ${JSON.stringify(region)}`);
  const from = first === '' ? 0 : numberOf(first, region) - 1;
  if (dash === undefined || last === '') return { reference, from };
  const to = numberOf(last, region);
  if (to > from) return { reference, from, to };
  throw malformed(`the region ${JSON.stringify(region)} ends before it begins`);
};

const bracketed = /^\{([^}]*)\}(?::(.*))?$/;

const known = (reference: string, names: ReadonlySet<string>, text: string): string => {
  if (names.has(reference)) return reference;
  throw malformed(`there is no reference ${JSON.stringify(reference)}, which the region ${text} names`);
};

/**
 * Reads a region as samtools has it: `NAME`, `NAME:FROM-TO`, `NAME:FROM`, `NAME:-TO`. A name may hold colons itself:
 * the whole text is a name if there is a reference of this name; where it could be read both ways, braces tell them
 * apart, as in `{NAME}:FROM-TO`.
 * @throws FormatError MALFORMED if there is no such reference, or the region could mean two things
 */
export const parseRegion = (text: string, names: ReadonlySet<string>): Region => {
  const inBraces = bracketed.exec(text);
  if (inBraces !== null) {
    const reference = known(inBraces[1] ?? '', names, text);
    return inBraces[2] === undefined ? { reference, from: 0 } : withBounds(reference, inBraces[2], text);
  }
  const colon = text.lastIndexOf(':');
  const [name, positions] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  const isBounded = colon > 0 && names.has(name) && bounds.test(positions) && /\d/.test(positions);
  if (!isBounded) return { reference: known(text, names, text), from: 0 };
  if (!names.has(text)) return withBounds(name, positions, text);
  const choices = `write {${text}} or {${name}}:${positions}`;
  throw malformed(
    `the region ${JSON.stringify(text)} could mean two things, for both references exist: ${choices}`,
  );
};

/** Writes a region so that samtools, bcftools and tabix read it: with braces around a name that holds a colon. */
export const formatRegion = ({ reference, from, to }: Region): string => {
  const name = reference.includes(':') ? `{${reference}}` : reference;
  if (to !== undefined) return `${name}:${from + 1}-${to}`;
  return from === 0 ? name : `${name}:${from + 1}-`;
};

/**
 * The expression for `samtools view --expr` that keeps those reads which begin within these regions. Without it, reads
 * that begin before a region and reach into it are in two parts: asked for a region, samtools gives what overlaps it.
 * `undefined` if nothing is to be left out. Each reference may occur once.
 */
export const ownershipExpression = (regions: readonly Region[]): string | undefined => {
  const conditions = regions
    .filter(({ from }) => from > 0)
    .map(({ reference, from }) => `(rname != ${JSON.stringify(reference)} || pos >= ${from + 1})`);
  return conditions.length === 0 ? undefined : conditions.join(' && ');
};
