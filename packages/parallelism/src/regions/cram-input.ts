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
import type { PieceKeeper } from '../blocks/keep-pieces.ts';
import { PlanError } from '../plan-error.ts';
import { cutCommand } from '../shell/cut-command.ts';
import { quoteForShell } from '../shell/quote-for-shell.ts';
import type { Piece, Sidecar } from '../strategy.ts';
import { cramReferences } from './cram-header.ts';
import { findIndex, type IndexKinds, staleIndex } from './find-index.ts';
import type { IndexedInput, InputFile } from './indexed-input.ts';
import { regionWriter } from './region-text.ts';

const kinds: IndexKinds = { suffixes: ['.crai'], command: 'samtools index' };

/** Systems take no more than 128 KiB as one word of a command, and a part has more words than this one. */
const mostCharacters = 60_000;

/** Regions that stand in a command as they are. */
const mostInWords = 100;

const lastPosition = 2 ** 31 - 1;

/** What follows the last slice in a file: checksums and the end-of-file container, at most. */
const mostBehind = 4096;

/** Sequences, by their numbers, and where on them reads begin; empty if anywhere. */
interface Owned {
  readonly from: number;
  readonly to: number;
  readonly bounds: string;
}

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
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #textOf: (region: Region) => string;

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
    this.#textOf = regionWriter(references);
    this.#numbers = new Map(references.map((reference, number) => [reference.name, number]));
  }

  get indexes(): IndexedInput['indexes'] {
    return [{ suffix: '.crai', path: this.#index }];
  }

  get hasUnplaced(): boolean {
    return this.#slices.some(({ reference }) => reference === -1);
  }

  lengthOf(reference: string): number | undefined {
    return this.references[this.#numbers.get(reference) ?? -1]?.length;
  }

  async work(): Promise<FileWork> {
    return workBySlices(this.#slices, this.references);
  }

  async cut(regions: readonly Region[], { sidecar }: PieceKeeper): Promise<readonly Piece[]> {
    if (regions.length === 0) return [this.#view(['-H'], [])];
    // Of regions of one sequence, samtools would give what overlaps both twice.
    const isRepeated = new Set(regions.map(({ reference }) => reference)).size < regions.length;
    const options = [...(isRepeated ? ['-M'] : []), '-e', this.#ownership(regions)];
    const texts = regions.map(this.#textOf);
    if (texts.length <= mostInWords) return [this.#view(options, texts)];
    return [await this.#viewListed(options, texts, sidecar)];
  }

  /**
   * Regions that are too many for a command are in a file, which is written where the part is cut. (In a BED file, of
   * which samtools 1.16 would give reads twice.)
   */
  async #viewListed(
    options: readonly string[],
    regions: readonly string[],
    sidecar: Sidecar,
  ): Promise<Piece> {
    const range = await sidecar.keep(Buffer.from(regions.map((region) => `${region}\n`).join('')));
    const list = `.${this.name}.regions`;
    const write = cutCommand([{ kind: 'range', ...range }], list);
    const { command } = this.#view(options, []);
    // Names of sequences hold no blanks, but asterisks.
    return { kind: 'command', command: `${write} && set -f && ${command} $(cat ${quoteForShell(list)})` };
  }

  async cutUnplaced(): Promise<readonly Piece[]> {
    return [this.#view([], ['*'])];
  }

  /**
   * Which reads begin in the regions: asked for regions, samtools gives what overlaps them.
   */
  #ownership(regions: readonly Region[]): string {
    const runs: Owned[] = [];
    for (const region of regions) {
      const own = this.#owned(region);
      const last = runs.at(-1);
      const follows = last?.bounds === '' && own.bounds === '' && own.from === last.to + 1;
      if (last !== undefined && follows) runs.splice(-1, 1, { ...last, to: own.to });
      else runs.push(own);
    }
    return runs.map(({ from, to, bounds }) => `(refid >= ${from} && refid <= ${to}${bounds})`).join(' || ');
  }

  #owned({ reference, from, to = lastPosition }: Region): Owned {
    const number = this.#numbers.get(reference) ?? -1;
    const isLast = to >= (this.references[number]?.length ?? lastPosition);
    const bounds = `${from > 0 ? ` && pos >= ${from + 1}` : ''}${isLast ? '' : ` && pos <= ${to}`}`;
    return { from: number, to: number, bounds };
  }

  #view(options: readonly string[], regions: readonly string[]): Piece & { readonly kind: 'command' } {
    const fasta = this.#fasta === undefined ? [] : ['-T', this.#fasta];
    // The name of a sequence may begin with a hyphen.
    const words = [
      '-C',
      '--no-PG',
      ...fasta,
      ...options,
      '--',
      `${this.path}##idx##${this.#index}`,
      ...regions,
    ];
    const command = `samtools view ${words.map(quoteForShell).join(' ')}`;
    if (command.length <= mostCharacters) return { kind: 'command', command };
    const text = `a part of ${this.path} has so many regions that samtools cannot be told which reads begin in them`;
    throw new PlanError('INVALID_PARAMETERS', `strategy regions: ${text}: choose more parts`);
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

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
