import { type NumberedPart, nameOfPart, wrongPart } from '../files/name-part.ts';
import { ContentWindow } from '../k-way/content-window.ts';

const newline = 0x0a;
const hash = 0x23;

/** A line of VCF, and where it is. */
export interface Variant {
  readonly contig: string;
  readonly position: number;
  /**
   * Two lines of one place and the same alleles may differ in what they tell: where a deletion ends, which transcript
   * is hit. Only one that is repeated as a whole can be left out without losing anything.
   */
  readonly line: string;
}

/** The variant of a line of VCF. */
export const variantOf = (line: string): Variant => {
  const [contig = '', position = ''] = line.split('\t', 2);
  return { contig, position: Number(position), line };
};

/** The end of one part: its last variants, in order. */
export interface Ending {
  readonly part: NumberedPart;
  readonly last: readonly Variant[];
}

/** How the next part goes on. */
export interface Continuation {
  /** Lines to be written before the rest. */
  readonly kept: readonly Buffer[];
  /** Where the rest begins, in bytes of the content. */
  readonly from: number;
}

async function* linesFrom(
  part: NumberedPart,
  from: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly bytes: Buffer; readonly end: number }> {
  const window = new ContentWindow(part.path, signal);
  try {
    await window.skip(from);
    while (await window.reach(1)) {
      let end = window.bytes.indexOf(newline, window.at);
      while (end === -1 && (await window.more())) end = window.bytes.indexOf(newline, window.at);
      const to = end === -1 ? window.bytes.length : end + 1;
      const bytes = Buffer.from(window.bytes.subarray(window.at, to));
      window.at = to;
      yield { bytes, end: window.offset + to };
    }
  } finally {
    await window.close();
  }
}

/** Checks that sequences come in the order of the header, or each at one place, if the header does not name them. */
export class ContigOrder {
  readonly #places: ReadonlyMap<string, number>;
  readonly #left = new Set<string>();

  constructor(places: ReadonlyMap<string, number>) {
    this.#places = places;
  }

  /** Whether a part may go on with one sequence after another. */
  mayFollow(before: string, after: string): boolean {
    if (before === after) return true;
    const [first, second] = [this.#places.get(before), this.#places.get(after)];
    this.#left.add(before);
    return first !== undefined && second !== undefined ? first < second : !this.#left.has(after);
  }
}

/** What is to be done with a variant of a part, after the end of the one before it. */
type Verdict = 'behind' | 'drop' | 'keep' | 'wrong';

/** How often each of these lines is there. */
const counted = (variants: readonly Variant[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { line } of variants) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
};

/** `left` are the lines of the end before that were not repeated yet. */
const judge = (variant: Variant, last: Variant, left: Map<string, number>, order: ContigOrder): Verdict => {
  const count = left.get(variant.line) ?? 0;
  if (count > 0) {
    left.set(variant.line, count - 1);
    return 'drop';
  }
  if (!order.mayFollow(last.contig, variant.contig)) return 'wrong';
  if (variant.contig !== last.contig || variant.position > last.position) return 'behind';
  return variant.position < last.position ? 'wrong' : 'keep';
};

const textOf = (line: Buffer): string => line.toString('latin1').replace(/\r?\n$/, '');

/**
 * How a part goes on where the one before ended: lines that this one had at its end are left out, each as often as it
 * had them. Looks no further than to the position where that ended.
 * @throws FormatError if the part begins before that, with other variants
 */
export const continueAfter = async (
  ending: Ending,
  { part, from }: { readonly part: NumberedPart; readonly from: number },
  order: ContigOrder,
  signal: AbortSignal | undefined,
): Promise<Continuation> => {
  const last = ending.last.at(-1);
  const left = counted(ending.last);
  const kept: Buffer[] = [];
  let rest = from;
  for await (const { bytes, end } of linesFrom(part, from, signal)) {
    if (last === undefined || bytes[0] === hash || bytes.length < 2) break;
    const variant = variantOf(textOf(bytes));
    const verdict = judge(variant, last, left, order);
    if (verdict === 'wrong') throw outOfOrder(ending, part, variant, last);
    if (verdict === 'behind') break;
    if (verdict === 'keep') kept.push(bytes);
    rest = end;
  }
  return { kept, from: rest };
};

const outOfOrder = (ending: Ending, part: NumberedPart, variant: Variant, last: Variant): Error => {
  const text =
    `begins at ${variant.contig}:${variant.position}, where ${nameOfPart(ending.part)} has reached ` +
    `${last.contig}:${last.position} without such a line; expected parts in the order of coordinates. Parts that ` +
    'overlap are joined by the merge "sorted" with format vcf';
  return wrongPart(part, text);
};
