import { closeSync, openSync, readSync } from 'node:fs';
import type { FileRange, Piece, Sidecar } from '@galaxy-mesos/parallelism';

/** To start a program takes a task as long as to copy more than this, and it is one for each piece. */
const smallBytes = 64 * 1024;
/** So much is held in memory, and kept at once. */
const mostBytes = 4 * 1024 * 1024;

type RangePiece = Extract<Piece, { kind: 'range' }>;

/**
 * The same pieces, of which small ones that follow each other are one, whose bytes are in the sidecar.
 * @throws Error if a file cannot be read, or is too short
 */
export async function gatheredPieces(pieces: readonly Piece[], sidecar: Sidecar): Promise<readonly Piece[]> {
  using files = new OpenFiles();
  const gathered: Piece[] = [];
  let small: RangePiece[] = [];
  let bytes = 0;
  const keep = async () => {
    const [first, ...others] = small;
    if (!first) return;
    add(gathered, others.length === 0 ? first : await kept(small, bytes, files, sidecar));
    small = [];
    bytes = 0;
  };
  for (const piece of pieces) {
    const isSmall = piece.kind === 'range' && piece.length <= smallBytes;
    if (!isSmall || bytes + piece.length > mostBytes) await keep();
    if (isSmall) {
      small.push(piece);
      bytes += piece.length;
    } else add(gathered, piece);
  }
  await keep();
  return gathered;
}

async function kept(
  ranges: readonly FileRange[],
  bytes: number,
  files: OpenFiles,
  sidecar: Sidecar,
): Promise<RangePiece> {
  const content = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const range of ranges) {
    files.read(range, content.subarray(at, at + range.length));
    at += range.length;
  }
  return { kind: 'range', ...(await sidecar.keep(content)) };
}

/** What follows the last one in its file is one with it. */
function add(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  const follows =
    last?.kind === 'range' &&
    piece.kind === 'range' &&
    last.path === piece.path &&
    last.offset + last.length === piece.offset;
  if (follows) pieces[pieces.length - 1] = { ...last, length: last.length + piece.length };
  else pieces.push(piece);
}

/** Files that are read in many places, each opened once. */
class OpenFiles implements Disposable {
  readonly #descriptors = new Map<string, number>();

  read({ path, offset }: FileRange, into: Buffer): void {
    const descriptor = this.#descriptors.get(path) ?? openSync(path, 'r');
    this.#descriptors.set(path, descriptor);
    for (let done = 0; done < into.length; ) {
      const read = readSync(descriptor, into, done, into.length - done, offset + done);
      if (read === 0) throw new Error(`${path} has become shorter while the job was planned`);
      done += read;
    }
  }

  [Symbol.dispose](): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
  }
}
