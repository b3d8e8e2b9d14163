import {
  type BlockFrame,
  blocksOf,
  cutFile,
  type DecodedSource,
  encode,
  type FileSource,
  FormatError,
  type Frame,
  locateContent,
  openDecoded,
  openSource,
  type VirtualOffset,
} from '@galaxy-mesos/formats';
import { append } from '../blocks/join-pieces.ts';
import { PieceKeeper } from '../blocks/keep-pieces.ts';
import type { Piece, PlanContext, Sidecar } from '../strategy.ts';
import type { RecordFile } from './record-file.ts';
import type { Run } from './run.ts';

/** Makes pieces of runs, which are given in order, each once. */
export interface SliceCutter {
  /** A file of this run between the header and the footer. */
  cut(run: Run, frame: Frame): Promise<readonly Piece[]>;
  /** Throws a `FormatError` `CHANGED` if what was read of the file is not any more what it was when it was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** Parts are read once and thrown away: time counts more than their size. */
const level = 1;

/** What is kept at a time of a part that is compressed anew. */
const keptBytes = 4 * 1024 * 1024;

/** Refers to the file: nothing is copied but header and footer. */
class RangeCutter implements SliceCutter {
  readonly #path: string;
  readonly #keeper: PieceKeeper;

  constructor(path: string, keeper: PieceKeeper) {
    this.#path = path;
    this.#keeper = keeper;
  }

  cut({ offset, length }: Run, { header, footer }: Frame): Promise<readonly Piece[]> {
    return this.#keeper.keep([{ bytes: header }, { source: this.#path, offset, length }, { bytes: footer }]);
  }

  async assertUnchanged(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Refers to whole blocks of BGZF; what is compressed anew is header, footer, and the blocks that a cut goes through. */
class BlockCutter implements SliceCutter {
  readonly #file: FileSource;
  readonly #keeper: PieceKeeper;
  readonly #places: number[] = [];
  readonly #located: AsyncGenerator<VirtualOffset>;
  #from: VirtualOffset | undefined;
  /** Header and footer in blocks, which are made once. */
  #frame: BlockFrame | undefined;

  constructor(file: FileSource, keeper: PieceKeeper) {
    this.#file = file;
    this.#keeper = keeper;
    const places = this.#places;
    this.#located = locateContent(
      file,
      (function* () {
        for (let place = places.shift(); place !== undefined; place = places.shift()) yield place;
      })(),
    );
  }

  async cut({ offset, length }: Run, { header, footer }: Frame): Promise<readonly Piece[]> {
    const from = this.#from ?? (await this.#locate(offset));
    const to = await this.#locate(offset + length);
    this.#from = to;
    this.#frame ??= { header: blocksOf(header), footer: blocksOf(footer) };
    return this.#keeper.keep(await cutFile(this.#file, from, to, this.#frame));
  }

  async #locate(place: number): Promise<VirtualOffset> {
    this.#places.push(place);
    const { done, value } = await this.#located.next();
    if (done) throw new Error(`byte ${place} of ${this.#file.path} was to be located, and nothing was told`);
    return value;
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async close(): Promise<void> {
    await this.#located.return(undefined);
    await this.#file[Symbol.asyncDispose]();
  }
}

/** Reads the content a second time, as far as it was cut, and keeps every part compressed as the file is. */
class ContentCutter implements SliceCutter {
  readonly #compression: 'gzip' | 'zstd';
  readonly #sidecar: Sidecar;
  readonly #file: DecodedSource;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  /** Where the present chunk begins in the content. */
  #offset = 0;

  constructor(file: DecodedSource, compression: 'gzip' | 'zstd', sidecar: Sidecar) {
    this.#file = file;
    this.#chunks = file[Symbol.asyncIterator]();
    this.#compression = compression;
    this.#sidecar = sidecar;
  }

  async cut(run: Run, frame: Frame): Promise<Piece[]> {
    const pieces: Piece[] = [];
    let kept: Uint8Array[] = [];
    let size = 0;
    const keep = async (): Promise<void> => {
      if (size > 0)
        append(pieces, { kind: 'range', ...(await this.#sidecar.keep(Buffer.concat(kept, size))) });
      kept = [];
      size = 0;
    };
    for await (const bytes of encode(this.#framed(run, frame), this.#compression, { level })) {
      kept.push(bytes);
      size += bytes.length;
      if (size >= keptBytes) await keep();
    }
    await keep();
    return pieces;
  }

  async *#framed({ offset, length }: Run, { header, footer }: Frame): AsyncGenerator<Uint8Array> {
    if (header.length > 0) yield header;
    yield* this.#content(offset, offset + length);
    if (footer.length > 0) yield footer;
  }

  async *#content(from: number, to: number): AsyncGenerator<Uint8Array> {
    let at = from;
    while (at < to) {
      const end = this.#offset + this.#chunk.length;
      if (at < end) {
        const stop = Math.min(to, end);
        yield this.#chunk.subarray(at - this.#offset, stop - this.#offset);
        at = stop;
      } else if (!(await this.#read())) throw this.#shorter(to, end);
    }
  }

  #shorter(expected: number, found: number): FormatError {
    const text = `was written to while it was read: its content ends at byte ${found}, expected ${expected}; start again when it is complete`;
    return new FormatError('CHANGED', text, { path: this.#file.path });
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    if (done === true) return false;
    this.#offset += this.#chunk.length;
    this.#chunk = value;
    return true;
  }

  assertUnchanged(): Promise<void> {
    return this.#file.assertUnchanged();
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
    await this.#file[Symbol.asyncDispose]();
  }
}

/** The way to cut a file, by its compression. */
export const sliceCutter = async (
  { path, compression }: Pick<RecordFile, 'path' | 'compression'>,
  { signal, sidecar }: PlanContext,
): Promise<SliceCutter> => {
  if (compression === 'bgzf')
    return new BlockCutter(await openSource(path, { signal }), new PieceKeeper(sidecar));
  if (compression === 'gzip' || compression === 'zstd') {
    return new ContentCutter(await openDecoded(path, { signal, compression }), compression, sidecar);
  }
  return new RangeCutter(path, new PieceKeeper(sidecar));
};
