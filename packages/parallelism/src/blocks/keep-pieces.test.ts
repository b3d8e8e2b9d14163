import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileRange } from '../strategy.ts';
import { PieceKeeper } from './keep-pieces.ts';

/** A sidecar in memory that appends whatever it is given. */
const sidecarInMemory = () => {
  const kept: Uint8Array[] = [];
  let size = 0;
  const keep = async (bytes: Uint8Array): Promise<FileRange> => {
    kept.push(Buffer.from(bytes));
    size += bytes.length;
    return { path: '/sidecar', offset: size - bytes.length, length: bytes.length };
  };
  return { keep, kept, content: () => Buffer.concat(kept) };
};

const input = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 251));

describe('PieceKeeper', () => {
  it('makes one piece of bytes that follow each other, and of ranges that do', async () => {
    const sidecar = sidecarInMemory();
    const keeper = new PieceKeeper(sidecar);
    const bytes = (text: string) => ({ bytes: Buffer.from(text) });
    const range = (offset: number, length: number) => ({ source: '/input', offset, length });
    expect(await keeper.keep([bytes('a'), bytes('bc'), range(3, 4), range(7, 1), bytes('d')])).toEqual([
      { kind: 'range', path: '/sidecar', offset: 0, length: 3 },
      { kind: 'range', path: '/input', offset: 3, length: 5 },
      { kind: 'range', path: '/sidecar', offset: 3, length: 1 },
    ]);
    expect(sidecar.kept).toHaveLength(2);
  });

  it('keeps a header once, however many parts it stands before', async () => {
    const sidecar = sidecarInMemory();
    const keeper = new PieceKeeper(sidecar);
    const header = { bytes: Buffer.alloc(5000, 'h') };
    for (let part = 0; part < 10; part += 1) {
      const pieces = await keeper.keep([header, { bytes: Buffer.from(`record ${part}`) }]);
      expect(pieces[0]).toMatchObject({ path: '/sidecar', offset: 0 });
    }
    expect(sidecar.content()).toHaveLength(5000 + 10 * 'record 0'.length);
  });

  it('never changes what the pieces make', async () => {
    const own = [3000, 1, 0, 1025, 40].map((length, index) => Buffer.alloc(length, `${index}`));
    const anyPiece = fc.oneof(
      fc.constantFrom(...own).map((bytes) => ({ bytes })),
      fc.uint8Array({ maxLength: 9 }).map((bytes) => ({ bytes })),
      fc.tuple(fc.nat(4000), fc.nat(900)).map(([offset, length]) => ({ source: '/input', offset, length })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyPiece, { maxLength: 12 }), { maxLength: 5 }), async (parts) => {
        const sidecar = sidecarInMemory();
        const keeper = new PieceKeeper(sidecar);
        for (const part of parts) {
          const wanted = part.map((piece) =>
            'bytes' in piece ? piece.bytes : input.subarray(piece.offset, piece.offset + piece.length),
          );
          const pieces = await keeper.keep(part);
          const files = { '/input': input, '/sidecar': sidecar.content() };
          const made = pieces.map((piece) => {
            if (piece.kind !== 'range') throw new Error('every piece is a range');
            const file = files[piece.path as keyof typeof files];
            return file.subarray(piece.offset, piece.offset + piece.length);
          });
          expect(Buffer.concat(made)).toEqual(Buffer.concat(wanted));
        }
      }),
    );
  });
});
