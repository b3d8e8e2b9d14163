import type { NamedReference, ReferenceWork, ReferenceWorks } from './work.ts';

type Work = Pick<ReferenceWork, 'points' | 'reads'>;

/** Numbers of which is known only in the end how many they are. */
class GrowingNumbers {
  #numbers = new Float64Array(1024);
  length = 0;

  push(number: number): void {
    if (this.length === this.#numbers.length) {
      const longer = new Float64Array(2 * this.length);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.length] = number;
    this.length += 1;
  }

  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }
}

/** The work on references, of which an assembly has a million, as plain numbers: objects take five times the memory. */
export class KeptWork implements ReferenceWorks {
  readonly #references: readonly NamedReference[];
  readonly #positions = new GrowingNumbers();
  readonly #bytes = new GrowingNumbers();
  /** Behind the last point of each reference. */
  readonly #ends: Float64Array;
  /** NaN where nobody has counted. */
  readonly #reads: Float64Array;
  /** The one that was asked for last: mostly, it is asked for again. */
  #latest: { readonly number: number; readonly work: ReferenceWork } | undefined;

  constructor(
    references: readonly NamedReference[],
    workOf: (reference: NamedReference, number: number) => Work,
  ) {
    this.#references = references;
    this.#ends = new Float64Array(references.length);
    this.#reads = new Float64Array(references.length);
    for (const [number, reference] of references.entries()) this.#keep(number, workOf(reference, number));
  }

  get length(): number {
    return this.#references.length;
  }

  at(number: number): ReferenceWork | undefined {
    const reference = this.#references[number];
    if (reference === undefined) return undefined;
    if (this.#latest?.number !== number) this.#latest = { number, work: this.#workOf(reference, number) };
    return this.#latest.work;
  }

  *[Symbol.iterator](): Generator<ReferenceWork> {
    for (const [number, reference] of this.#references.entries()) yield this.#workOf(reference, number);
  }

  #keep(number: number, { points, reads = Number.NaN }: Work): void {
    for (const { position, bytes } of points) {
      this.#positions.push(position);
      this.#bytes.push(bytes);
    }
    this.#ends[number] = this.#positions.length;
    this.#reads[number] = reads;
  }

  #workOf({ name, length }: NamedReference, number: number): ReferenceWork {
    const from = this.#ends[number - 1] ?? 0;
    const reads = this.#reads[number] ?? Number.NaN;
    const points = Array.from({ length: (this.#ends[number] ?? 0) - from }, (_, at) => ({
      position: this.#positions.at(from + at),
      bytes: this.#bytes.at(from + at),
    }));
    return { name, length, points, reads: Number.isNaN(reads) ? undefined : reads };
  }
}
