import { type ByteRange, openSource } from '../source.ts';

/** A run of bytes of a file, to be copied as they are. */
export interface FilePiece extends ByteRange {
  /** The path of the file. */
  readonly source: string;
}

/** What a new file is put together of, one after the other: bytes of other files, and bytes of its own. */
export type Piece = FilePiece | { readonly bytes: Uint8Array };

/** How long the file is that these pieces make, in bytes. */
export const sizeOfPieces = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + ('bytes' in piece ? piece.bytes.length : piece.length), 0);

/** The bytes of the file that these pieces make. No more than two chunks of a file are held. */
export async function* readPieces(
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if ('bytes' in piece) {
      yield piece.bytes;
      continue;
    }
    const { source: path, offset, length } = piece;
    await using source = await openSource(path, { ...options, range: { offset, length } });
    yield* source;
  }
}
