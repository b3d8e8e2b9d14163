import { type NumberedPart, wrongPart } from '../files/name-part.ts';

/** A stretch of a sequence; positions count from 0, the end is not in it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is a part's own, among all that it was given to read. */
export class Territory {
  readonly #regions: string;
  readonly #stretches = new Map<string, readonly Stretch[]>();

  /**
   * By the part's value `{region}`, as the strategy `regions` writes it: several regions have commas between them.
   * @throws FormatError that names the part, if it has no such value
   */
  constructor(part: NumberedPart) {
    const { region } = part.values ?? {};
    if (region === undefined) {
      throw wrongPart(part, 'has no {region}; expected parts that the strategy regions has cut');
    }
    this.#regions = region;
  }

  /** Whether what begins at this position, counted from 0, is the part's own. */
  has(contig: string, position: number): boolean {
    return this.#of(contig).some(({ from, to }) => position >= from && position < to);
  }

  #of(contig: string): readonly Stretch[] {
    let stretches = this.#stretches.get(contig);
    if (stretches === undefined) {
      stretches = stretchesOf(contig, this.#regions);
      this.#stretches.set(contig, stretches);
    }
    return stretches;
  }
}

/** Names of sequences may hold commas and colons, so the list is searched for the name, and not taken apart at them. */
function stretchesOf(contig: string, regions: string): readonly Stretch[] {
  const name = contig.replace(/[^\w]/g, '\\$&');
  const pattern = new RegExp(`(?<=^|,)(?:\\{${name}\\}|${name})(?::(\\d+)-(\\d+)?)?(?=,|$)`, 'g');
  return Array.from(regions.matchAll(pattern), ([, first = '1', last]) => ({
    from: Number(first) - 1,
    to: last === undefined ? Number.POSITIVE_INFINITY : Number(last),
  }));
}
