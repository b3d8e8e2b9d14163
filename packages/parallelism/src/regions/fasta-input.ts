import { gunzipSync } from 'node:zlib';
import {
  type BlockStart,
  cutBlocks,
  deflateBlocks,
  detectCompression,
  endOfFileMarker,
  type FastaIndexEntry,
  type Piece as FilePiece,
  type FileSource,
  type FileWork,
  FormatError,
  locateByGzi,
  openSource,
  type ReferenceWork,
  type Region,
  readFai,
  readGzi,
  readPieces,
} from '@galaxy-mesos/formats';
import type { PieceKeeper } from '../blocks/keep-pieces.ts';
import type { Piece } from '../strategy.ts';
import { type FoundIndex, findIndex, type IndexKinds, staleIndex } from './find-index.ts';
import type { IndexedInput, InputFile } from './indexed-input.ts';

const kinds: IndexKinds = { suffixes: ['.fai'], command: 'samtools faidx' };
const blockKinds: IndexKinds = { suffixes: ['.gzi'], command: 'samtools faidx' };

/** Where a base is in the file, decompressed. */
const placeOf = ({ offset, basesPerLine, bytesPerLine }: FastaIndexEntry, base: number): number =>
  basesPerLine === 0
    ? offset
    : offset + Math.floor(base / basesPerLine) * bytesPerLine + (base % basesPerLine);

/** Where the last base ends. */
const endOf = (entry: FastaIndexEntry): number =>
  entry.length === 0 ? entry.offset : placeOf(entry, entry.length - 1) + 1;

/** The bytes of a FASTA file, by places of its content: compressed or not. */
class FastaContent {
  readonly file: FileSource;
  /** Of a file in BGZF. */
  readonly #blocks: readonly BlockStart[] | undefined;

  constructor(file: FileSource, blocks: readonly BlockStart[] | undefined) {
    this.file = file;
    this.#blocks = blocks;
  }

  async range(from: number, to: number): Promise<readonly FilePiece[]> {
    if (this.#blocks === undefined) return [{ source: this.file.path, offset: from, length: to - from }];
    return await cutBlocks(this.file, locateByGzi(this.#blocks, from), locateByGzi(this.#blocks, to));
  }

  own(text: string): readonly FilePiece[] {
    const bytes = Buffer.from(text);
    if (this.#blocks === undefined) return [{ bytes }];
    return deflateBlocks(bytes).map((block) => ({ bytes: block }));
  }

  get end(): readonly FilePiece[] {
    return this.#blocks === undefined ? [] : [{ bytes: endOfFileMarker }];
  }

  async read(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.concat(await Array.fromAsync(readPieces(await this.range(from, to))));
    return this.#blocks === undefined || bytes.length === 0 ? bytes : gunzipSync(bytes);
  }
}

/** The work on a sequence, of which there may be a million: what can be told by its entry is not kept. */
class SequenceWork implements ReferenceWork {
  readonly #entry: FastaIndexEntry;
  readonly reads = undefined;

  constructor(entry: FastaIndexEntry) {
    this.#entry = entry;
  }

  get name(): string {
    return this.#entry.name;
  }

  get length(): number {
    return this.#entry.length;
  }

  get points(): ReferenceWork['points'] {
    const { length } = this.#entry;
    return [{ position: 0, bytes: 0 }, ...(length > 0 ? [{ position: length, bytes: length }] : [])];
  }
}

/** A FASTA file with the index of `samtools faidx`. */
class FastaInput implements IndexedInput {
  readonly name: string;
  readonly path: string;
  readonly indexes: IndexedInput['indexes'];
  readonly knowsAll = true;
  readonly hasUnplaced = false;
  readonly #entries: readonly FastaIndexEntry[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #content: FastaContent;

  constructor(
    { name, path }: InputFile,
    content: FastaContent,
    entries: readonly FastaIndexEntry[],
    indexes: IndexedInput['indexes'],
  ) {
    this.name = name;
    this.path = path;
    this.indexes = indexes;
    this.#content = content;
    this.#entries = entries;
    this.#numbers = new Map(entries.map((entry, number) => [entry.name, number]));
  }

  get references(): readonly FastaIndexEntry[] {
    return this.#entries;
  }

  lengthOf(reference: string): number | undefined {
    return this.#entries[this.#numbers.get(reference) ?? -1]?.length;
  }

  /** As many bytes as bases: neither says how much work they make. */
  async work(): Promise<FileWork> {
    const references = this.#entries.map((entry) => new SequenceWork(entry));
    return { references, unplaced: { bytes: 0, reads: 0 } };
  }

  async cut(regions: readonly Region[], keeper: PieceKeeper): Promise<readonly Piece[]> {
    const pieces: FilePiece[] = [];
    for (let at = 0; at < regions.length; ) {
      const end = this.#endOfRun(regions, at);
      const [first, last] = [regions[at], regions[end - 1]];
      pieces.push(
        ...(last === undefined || end === at
          ? await this.#cutRegion(first)
          : await this.#cutRun(first, last)),
      );
      at = Math.max(end, at + 1);
    }
    return keeper.keep([...pieces, ...this.#content.end]);
  }

  cutUnplaced(): Promise<readonly Piece[]> {
    throw new Error('sequences have no reads without a place');
  }

  #numberOf({ reference }: Region): number {
    return this.#numbers.get(reference) ?? -1;
  }

  /** Up to where whole sequences that follow each other in the file stand from here on; `at` itself if this is none. */
  #endOfRun(regions: readonly Region[], at: number): number {
    let end = at;
    for (let region = regions[end]; region !== undefined && this.#isWhole(region); region = regions[end]) {
      const before = regions[end - 1];
      if (end > at && before !== undefined && this.#numberOf(region) !== this.#numberOf(before) + 1) break;
      end += 1;
    }
    return end;
  }

  #isWhole({ reference, from, to = Number.POSITIVE_INFINITY }: Region): boolean {
    return from === 0 && to >= (this.lengthOf(reference) ?? Number.POSITIVE_INFINITY);
  }

  /** Sequences as they are in the file. */
  async #cutRun(first: Region | undefined, last: Region): Promise<readonly FilePiece[]> {
    const number = first === undefined ? -1 : this.#numberOf(first);
    const [begin, end] = [this.#entries[number], this.#entries[this.#numberOf(last)]];
    if (begin === undefined || end === undefined) return [];
    const title = await this.#title(number, begin);
    const sequences = await this.#content.range(begin.offset - title.length, endOf(end));
    return [...sequences, ...(end.length === 0 ? [] : this.#content.own('\n'))];
  }

  /** Some bases of a sequence, named as samtools faidx names them. */
  async #cutRegion(region: Region | undefined): Promise<readonly FilePiece[]> {
    const entry = region === undefined ? undefined : this.#entries[this.#numberOf(region)];
    if (region === undefined || entry === undefined) return [];
    const { from, to = entry.length } = region;
    const end = to >= entry.length ? endOf(entry) : placeOf(entry, to - 1) + 1;
    const bases = await this.#content.range(placeOf(entry, from), end);
    return [...this.#content.own(`>${entry.name}:${from + 1}-${to}\n`), ...bases, ...this.#content.own('\n')];
  }

  /** The title line as it stands before the sequence. */
  async #title(number: number, entry: FastaIndexEntry): Promise<Buffer> {
    const before = this.#entries[number - 1];
    const bytes = await this.#content.read(before === undefined ? 0 : endOf(before), entry.offset);
    const begin = bytes.toString('latin1').search(/^>/m);
    return begin === -1 ? Buffer.alloc(0) : bytes.subarray(begin);
  }

  /** Whether each title stands where the index says. */
  async fits(size: number | undefined): Promise<boolean> {
    const last = this.#entries.at(-1);
    if (size !== undefined && last !== undefined && (endOf(last) > size || size - endOf(last) > 64))
      return false;
    for (const [number, entry] of this.#entries.slice(0, mostLooked).entries()) {
      const before = this.#entries[number - 1];
      if (before !== undefined && endOf(before) >= entry.offset) return false;
      const title = await this.#title(number, entry);
      const expected = Buffer.from(`>${entry.name}`);
      if (!title.subarray(0, expected.length).equals(expected) || title.at(-1) !== newline) return false;
    }
    return true;
  }

  assertUnchanged(): Promise<void> {
    return this.#content.file.assertUnchanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#content.file[Symbol.asyncDispose]();
  }
}

const newline = 0x0a;

/** How many titles are looked at before an index is believed. */
const mostLooked = 100;

/** Opens a FASTA file, compressed by bgzip or not, with its index. */
export async function openFasta(input: InputFile): Promise<IndexedInput> {
  const found = await findIndex(input, kinds);
  const entries = await readFai(found.path);
  const isPlain = (await detectCompression(input.path)) === 'none';
  const blocks = isPlain ? undefined : await findIndex({ ...input, index: undefined }, blockKinds);
  const file = await openSource(input.path, { signal: input.signal });
  try {
    const content = new FastaContent(file, blocks && (await readGzi(blocks.path)));
    const fasta = new FastaInput(input, content, entries, indexesOf(found, blocks));
    await expectFit(fasta, isPlain ? file.size : undefined, found);
    return fasta;
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

const indexesOf = (fai: FoundIndex, gzi: FoundIndex | undefined): IndexedInput['indexes'] => [
  { suffix: '.fai', path: fai.path },
  ...(gzi === undefined ? [] : [{ suffix: '.gzi', path: gzi.path }]),
];

async function expectFit(fasta: FastaInput, size: number | undefined, found: FoundIndex): Promise<void> {
  const fits = await fasta.fits(size).catch((error: unknown) => {
    if (error instanceof FormatError) return false;
    throw error;
  });
  if (!fits) throw staleIndex(fasta.path, found, kinds);
}
