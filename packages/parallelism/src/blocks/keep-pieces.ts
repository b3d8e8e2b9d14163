import type { Piece as FilePiece } from '@galaxy-mesos/formats';
import type { Piece, Sidecar } from '../strategy.ts';

/** The same pieces as tasks can cut them: bytes that are in no file are kept, and what lies side by side is one. */
export async function keepPieces(pieces: readonly FilePiece[], sidecar: Sidecar): Promise<readonly Piece[]> {
  const kept: Piece[] = [];
  for (const piece of together(pieces)) {
    if ('bytes' in piece) kept.push({ kind: 'range', ...(await sidecar.keep(piece.bytes)) });
    else kept.push({ kind: 'range', path: piece.source, offset: piece.offset, length: piece.length });
  }
  return kept;
}

/** Bytes that follow each other are kept at once, and ranges that do are copied at once. */
function together(pieces: readonly FilePiece[]): readonly FilePiece[] {
  const result: FilePiece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    const both = last && united(last, piece);
    if (both) result.splice(-1, 1, both);
    else result.push(piece);
  }
  return result;
}

function united(one: FilePiece, next: FilePiece): FilePiece | undefined {
  if ('bytes' in one || 'bytes' in next) return undefined;
  if (one.source !== next.source || one.offset + one.length !== next.offset) return undefined;
  return { ...one, length: one.length + next.length };
}
