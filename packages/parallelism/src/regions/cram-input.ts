import {
  type CramSlice,
  type FileSource,
  type FileWork,
  type NamedReference,
  openSource,
  type Region,
  readCrai,
  workBySlices,
} from '@galaxy-mesos/formats';
import { PlanError } from '../plan-error.ts';
import { quoteForShell } from '../shell/quote-for-shell.ts';
import type { Piece } from '../strategy.ts';
import { cramReferences } from './cram-header.ts';
import { findIndex, type IndexKinds, staleIndex } from './find-index.ts';
import type { IndexedInput, InputFile } from './indexed-input.ts';
import { regionText } from './region-text.ts';

const kinds: IndexKinds = { suffixes: ['.crai'], command: 'samtools index' };

/** Systems take no more than 128 KiB as one word of a command, and a part has more words than this one. */
const mostCharacters = 60_000;

/** What follows the last slice in a file: checksums and the end-of-file container, at most. */
const mostBehind = 4096;

/** A CRAM file: `samtools` cuts it on the agent. */
class CramInput implements IndexedInput {
  readonly name: string;
  readonly path: string;
  readonly references: readonly NamedReference[];
  readonly knowsAll = true;
  readonly #file: FileSource;
  readonly #index: string;
  readonly #slices: readonly CramSlice[];
  readonly #fasta: string | undefined;

  constructor(
    { name, path }: InputFile,
    file: FileSource,
    references: readonly NamedReference[],
    index: { readonly path: string; readonly slices: readonly CramSlice[] },
    fasta: string | undefined,
  ) {
    this.name = name;
    this.path = path;
    this.references = references;
    this.#file = file;
    this.#index = index.path;
    this.#slices = index.slices;
    this.#fasta = fasta;
  }

  get indexes(): IndexedInput['indexes'] {
    return [{ suffix: '.crai', path: this.#index }];
  }

  get hasUnplaced(): boolean {
    return this.#slices.some(({ reference }) => reference === -1);
  }

  async work(): Promise<FileWork> {
    return workBySlices(this.#slices, this.references);
  }

  async cut(regions: readonly Region[]): Promise<readonly Piece[]> {
    if (regions.length === 0) return [this.#view([], ['-H'])];
    const expression = this.#ownership(regions);
    const filter = expression === '' ? [] : ['-e', expression];
    // Of regions of one sequence, samtools would give what overlaps both twice.
    const isRepeated = new Set(regions.map(({ reference }) => reference)).size < regions.length;
    const texts = regions.map((region) => regionText(region, this.references));
    return [this.#view(texts, [...(isRepeated ? ['-M'] : []), ...filter])];
  }

  async cutUnplaced(): Promise<readonly Piece[]> {
    return [this.#view(['*'], [])];
  }

  /** Asked for a region, samtools gives what overlaps it: this leaves out what begins elsewhere. */
  #ownership(regions: readonly Region[]): string {
    const lengths = new Map(this.references.map(({ name, length }) => [name, length]));
    const conditions: string[] = [];
    for (const [reference, own] of Map.groupBy(regions, (region) => region.reference)) {
      const bounds = own.map(({ from, to }) => boundsOf(from, to, lengths.get(reference)));
      if (bounds.includes('')) continue;
      conditions.push([`(rname != ${JSON.stringify(reference)}`, ...bounds].join(' || ').concat(')'));
    }
    return conditions.join(' && ');
  }

  #view(regions: readonly string[], options: readonly string[]): Piece {
    const fasta = this.#fasta === undefined ? [] : ['-T', this.#fasta];
    const words = ['-C', '--no-PG', ...fasta, ...options, '-X', this.path, this.#index, ...regions];
    const command = `samtools view ${words.map(quoteForShell).join(' ')}`;
    if (command.length <= mostCharacters) return { kind: 'command', command };
    const text = `a part of ${this.path} has ${regions.length} regions, which are too many for one command`;
    throw new PlanError(
      'INVALID_PARAMETERS',
      `strategy regions: ${text}: choose more parts, or together: false`,
    );
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** What holds for reads that begin in a region of a sequence; nothing, if all do. */
const boundsOf = (from: number, to: number | undefined, length = Number.POSITIVE_INFINITY): string => {
  const isLast = to === undefined || to >= length;
  const bounds = [...(from > 0 ? [`pos >= ${from + 1}`] : []), ...(isLast ? [] : [`pos <= ${to}`])];
  return bounds.length === 0 ? '' : `(${bounds.join(' && ')})`;
};

/** Opens a CRAM file and its index; `fasta` is the path of its reference, where samtools would not find that. */
export async function openCram(input: InputFile, fasta: string | undefined): Promise<IndexedInput> {
  const found = await findIndex(input, kinds);
  const slices = await readCrai(found.path);
  const file = await openSource(input.path, { signal: input.signal });
  try {
    const end = slices.reduce(
      (last, one) => Math.max(last, one.containerOffset + one.sliceOffset + one.size),
      0,
    );
    const fits = end <= file.size && (slices.length === 0 || file.size - end <= mostBehind);
    if (!fits) throw staleIndex(input.path, found, kinds);
    return new CramInput(input, file, await cramReferences(file), { path: found.path, slices }, fasta);
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}
