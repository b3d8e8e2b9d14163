import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriedOut, InMemory } from '../../test-helpers/binary/in-memory-file.ts';
import { readBlockHeader } from './block-header.ts';
import { blockWindows, contentOf, scanBlocks } from './block-windows.ts';
import { concatBgzf } from './concat-blocks.ts';
import { cutContent, locateContent } from './content-offsets.ts';
import { deflateBlock, deflateBlocks, endOfFileMarker } from './deflate-blocks.ts';
import type { RandomAccessFile } from './file-cursor.ts';
import { sizeOfPieces } from './pieces.ts';

/** A file of blocks with these contents, empty ones among them. */
const fileOf = async (contents: readonly Uint8Array[], path?: string): Promise<InMemory> => {
  const blocks = await Promise.all(contents.map((content) => deflateBlock(content)));
  return new InMemory(Buffer.concat([...blocks, endOfFileMarker]), path);
};

const contentIn = async (file: RandomAccessFile): Promise<Buffer> => {
  const windows = await Array.fromAsync(blockWindows(file));
  return Buffer.concat(windows.flat().map((block) => contentOf(file, block)));
};

const anyContents = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
const filledContents = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 });
const noise = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => Math.imul(index * index, 2654435761) >>> 23));

describe('BGZF blocks', () => {
  it('hold any bytes, and gzip reads them', async () => {
    for (const content of [noise(200_000), Buffer.alloc(200_000), noise(0xff00), noise(1)]) {
      const blocks = deflateBlocks(content);
      for (const block of blocks) expect(readBlockHeader(block)).toMatchObject({ size: block.length });
      const file = new InMemory(Buffer.concat([...blocks, endOfFileMarker]));
      expect((await contentIn(file)).equals(content)).toBe(true);
      expect(gunzipSync(file.bytes).equals(content)).toBe(true);
    }
    expect(deflateBlocks(new Uint8Array(0))).toEqual([]);
  });

  it('are told by their header alone', () => {
    expect(readBlockHeader(endOfFileMarker)).toEqual({ size: 28, headerSize: 18 });
    expect(readBlockHeader(gzipSync('abc'))).toBeUndefined();
    for (let length = 0; length < 18; length += 1) {
      expect(readBlockHeader(endOfFileMarker.subarray(0, length))).toBe('short');
    }
  });

  it('may have other fields before the one that tells their size', () => {
    const extra = Buffer.from([0x41, 0x41, 1, 0, 9, 0x42, 0x43, 2, 0, 0x20, 0]);
    const block = Buffer.concat([endOfFileMarker.subarray(0, 10), Buffer.from([extra.length, 0]), extra]);
    expect(readBlockHeader(block)).toEqual({ size: 33, headerSize: 23 });
  });

  it('are found from their headers', async () => {
    await fc.assert(
      fc.asyncProperty(anyContents, async (contents) => {
        const file = await fileOf(contents);
        const entries = (await Array.fromAsync(scanBlocks(file))).flat();
        expect(entries.map(({ contentSize }) => contentSize)).toEqual([...contents.map((c) => c.length), 0]);
        for (const { offset, size } of entries) {
          expect(readBlockHeader(file.bytes, offset)).toMatchObject({ size });
        }
      }),
    );
  });

  it('are refused with their place, if the file is cut off or is none', async () => {
    const file = await fileOf([noise(500), noise(500)]);
    const second = file.bytes.indexOf(endOfFileMarker.subarray(0, 4), 1);
    const cut = new InMemory(file.bytes.subarray(0, second + 100));
    await expect(contentIn(cut)).rejects.toMatchObject({ code: 'MALFORMED', path: 'memory', offset: second });
    await expect(contentIn(new InMemory(Buffer.from('>a\nACGT\n')))).rejects.toThrow('expected a BGZF file');
    file.bytes[second] = 0;
    await expect(contentIn(file)).rejects.toMatchObject({ code: 'MALFORMED', offset: second });
  });

  it('are never decompressed further than a block may hold', async () => {
    const bomb = Buffer.from(await deflateBlock(Buffer.alloc(60_000)));
    bomb.writeUInt32LE(10, bomb.length - 4);
    await expect(contentIn(new InMemory(bomb))).rejects.toThrow('cannot be read');
    bomb.writeUInt32LE(0xffffffff, bomb.length - 4);
    await expect(contentIn(new InMemory(bomb))).rejects.toThrow('claims to hold 4294967295 bytes');
  });
});

describe('locateContent', () => {
  it('finds places by the block they are in', async () => {
    const file = await fileOf([noise(3), noise(0), noise(2)]);
    const [first, , third, marker] = (await Array.fromAsync(scanBlocks(file))).flat();
    expect(await Array.fromAsync(locateContent(file, [0, 2, 3, 4, 5]))).toEqual([
      { block: first?.offset, within: 0 },
      { block: first?.offset, within: 2 },
      { block: third?.offset, within: 0 },
      { block: third?.offset, within: 1 },
      { block: (marker?.offset ?? 0) + 28, within: 0 },
    ]);
    await expect(Array.fromAsync(locateContent(file, [6]))).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
  });
});

describe('cutting a BGZF file', () => {
  it('gives its content back, whatever the blocks and wherever the cuts', async () => {
    const anyCuts = fc.array(fc.nat(), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyContents, anyCuts, anyContents, async (contents, cuts, [header, footer]) => {
        const file = await fileOf(contents);
        const all = Buffer.concat(contents);
        const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
        const surroundings = {
          ...(header === undefined ? {} : { header }),
          ...(footer === undefined ? {} : { footer }),
        };
        const parts = await Array.fromAsync(cutContent(file, places, surroundings));
        expect(parts).toHaveLength(places.length - 1);
        for (const [index, pieces] of parts.entries()) {
          const part = carriedOut(pieces, file);
          expect(part.length).toBe(sizeOfPieces(pieces));
          expect(part.subarray(-endOfFileMarker.length)).toEqual(Buffer.from(endOfFileMarker));
          const expected = all.subarray(places[index], places[index + 1]);
          expect(await contentIn(new InMemory(part))).toEqual(
            Buffer.concat([header ?? Buffer.alloc(0), expected, footer ?? Buffer.alloc(0)]),
          );
        }
      }),
    );
  });

  it('copies whole blocks as they are', async () => {
    const file = await fileOf([noise(100), noise(200), noise(300)]);
    const [, second, third] = (await Array.fromAsync(scanBlocks(file))).flat();
    const [pieces] = await Array.fromAsync(cutContent(file, [100, 300]));
    expect(pieces).toEqual([
      { source: 'memory', offset: second?.offset, length: second?.size },
      { bytes: endOfFileMarker },
    ]);
    expect((second?.offset ?? 0) + (second?.size ?? 0)).toBe(third?.offset);
  });
});

describe('concatBgzf', () => {
  it('joins what the files hold, with one end-of-file marker', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(filledContents, { maxLength: 4 }), async (contents) => {
        const files = await Promise.all(contents.map((blocks, index) => fileOf(blocks, `file ${index}`)));
        const joined = carriedOut(await concatBgzf(files), ...files);
        expect(await contentIn(new InMemory(joined))).toEqual(Buffer.concat(contents.flat()));
        expect(joined.indexOf(endOfFileMarker)).toBe(joined.length - endOfFileMarker.length);
      }),
    );
  });

  it('refuses a file that lacks the marker', async () => {
    const file = new InMemory(Buffer.concat(deflateBlocks(noise(10))));
    await expect(concatBgzf([file])).rejects.toThrow('end-of-file marker');
  });
});
