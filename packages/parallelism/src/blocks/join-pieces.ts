import type { Piece } from '../strategy.ts';

/** Appends a piece to others; ranges that follow each other in one file are one. */
export function append(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  const follows =
    last?.kind === 'range' &&
    piece.kind === 'range' &&
    last.path === piece.path &&
    last.offset + last.length === piece.offset;
  if (follows) pieces.splice(-1, 1, { ...last, length: last.length + piece.length });
  else pieces.push(piece);
}
