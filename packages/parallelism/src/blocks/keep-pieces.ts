import type { Piece as FilePiece } from '@galaxy-mesos/formats';
import type { FileRange, Piece, Sidecar } from '../strategy.ts';
import { append } from './join-pieces.ts';

/** So many bytes are kept at once: few calls, and little memory. */
const keptAtOnce = 4 * 1024 * 1024;

/** Bytes that are no more than this are rather kept again than made a piece of their own, which is a command to each task. */
const worthReferring = 1024;

/** Makes pieces that tasks can cut of those of one plan: bytes that are in no file are kept in its sidecar. */
export class PieceKeeper {
  readonly sidecar: Sidecar;
  /** Where bytes are that several parts have, such as the blocks of a header. They are told by their memory. */
  readonly #known = new WeakMap<Uint8Array, FileRange>();

  constructor(sidecar: Sidecar) {
    this.sidecar = sidecar;
  }

  /** Bytes that follow each other are kept side by side, and ranges that do are one piece. */
  async keep(pieces: Iterable<FilePiece> | AsyncIterable<FilePiece>): Promise<readonly Piece[]> {
    const kept: Piece[] = [];
    let waiting: Uint8Array[] = [];
    let size = 0;
    const keepWaiting = async (): Promise<void> => {
      if (size > 0) append(kept, { kind: 'range', ...(await this.#keep(waiting, size)) });
      waiting = [];
      size = 0;
    };
    for await (const piece of pieces) {
      const range = 'bytes' in piece ? this.#known.get(piece.bytes) : rangeOf(piece);
      if (range === undefined && 'bytes' in piece) {
        waiting.push(piece.bytes);
        size += piece.bytes.length;
      }
      if (range !== undefined || size >= keptAtOnce) await keepWaiting();
      if (range !== undefined) append(kept, { kind: 'range', ...range });
    }
    await keepWaiting();
    return kept;
  }

  async #keep(all: readonly Uint8Array[], size: number): Promise<FileRange> {
    const [only] = all;
    const range = await this.sidecar.keep(only && all.length === 1 ? only : Buffer.concat(all, size));
    let offset = range.offset;
    for (const bytes of all) {
      const { length } = bytes;
      if (length > worthReferring) this.#known.set(bytes, { path: range.path, offset, length });
      offset += length;
    }
    return range;
  }
}

const rangeOf = ({ source, offset, length }: Extract<FilePiece, { source: string }>): FileRange => ({
  path: source,
  offset,
  length,
});
