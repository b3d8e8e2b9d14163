import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyRecords,
  anySizes,
  fileOf,
  header,
  headerBytes,
  inBlocks,
  read,
  recordBytes,
} from '../../test-helpers/binary/bam.ts';
import { carriedOut, InMemory } from '../../test-helpers/binary/in-memory-file.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import { concatBam } from './concat-bam.ts';
import { type SplitBamOptions, splitBam } from './cut-bam.ts';
import { BamRecordScanner } from './record-scanner.ts';
import { scanBam } from './scan-bam.ts';

const partsOf = async (file: InMemory, options: SplitBamOptions): Promise<Buffer[]> => {
  const parts = await Array.fromAsync(splitBam(file, options));
  return parts.map(({ pieces }) => carriedOut(pieces, file));
};

const recordsOf = (part: Buffer): Buffer => {
  expect(part.subarray(-28)).toEqual(Buffer.from(endOfFileMarker));
  const content = gunzipSync(part);
  expect(content.subarray(0, header.length)).toEqual(header);
  return content.subarray(header.length);
};

describe('splitBam', () => {
  const anyOptions = fc.record({ parts: fc.integer({ min: 1, max: 12 }), verify: fc.boolean() });

  it('gives every record to one part, in order, whatever the records and the blocks', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anySizes, anyOptions, async (any, sizes, options) => {
        const records = any.map(recordBytes);
        const parts = await partsOf(fileOf(records, sizes), options);
        expect(parts.length).toBeLessThanOrEqual(options.parts);
        expect(Buffer.concat(parts.map(recordsOf)).equals(Buffer.concat(records))).toBe(true);
        for (const part of parts) {
          const scanner = new BamRecordScanner(2);
          scanner.push(recordsOf(part));
          scanner.end();
        }
      }),
      { numRuns: 80 },
    );
  });

  it('finds as many places by how records look as by reading all of them', async () => {
    const records = Array.from({ length: 3000 }, (_, index) => read(`read${index}`, 20 + (index % 50)));
    const file = fileOf(records, [1000]);
    const conjectured = await Array.fromAsync(splitBam(file, { parts: 7 }));
    const certain = await Array.fromAsync(splitBam(file, { parts: 7, verify: true }));
    expect(certain).toHaveLength(7);
    expect(conjectured).toEqual(certain);
  });

  it('reads little more than the edges', async () => {
    const records = Array.from({ length: 100 }, (_, index) =>
      recordBytes({
        name: `read${index}`,
        reference: 0,
        position: index,
        operations: 1,
        sequence: randomBytes(60_000),
        tags: Buffer.alloc(0),
      }),
    );
    const file = fileOf(records);
    const recordStarts = (await Array.fromAsync(scanBam(file))).flat();
    file.read = 0;
    expect(await Array.fromAsync(splitBam(file, { parts: 3, recordStarts }))).toHaveLength(3);
    expect(file.size).toBeGreaterThan(5_000_000);
    // A window for the header, the block at either side of its end and of two cuts, and the marker.
    expect(file.read).toBeLessThan(2 ** 20 + 6 * 2 ** 16 + 100);
  });

  it('cuts at the places that an index knows', async () => {
    const records = Array.from({ length: 500 }, (_, index) => read(`read${index}`));
    const file = fileOf(records, [700]);
    const starts = (await Array.fromAsync(scanBam(file))).flat().filter((_, index) => index % 50 === 0);
    const parts = await Array.fromAsync(splitBam(file, { parts: 4, recordStarts: starts.toReversed() }));
    expect(parts).toHaveLength(4);
    for (const { from } of parts) expect(starts).toContainEqual(from);
  });

  it('leaves reads of one name together, if asked to', async () => {
    const anyGroups = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(anyGroups, anySizes, anyOptions, async (groups, sizes, options) => {
        const records = groups.flatMap((count, group) =>
          Array.from({ length: count }, () => read(`g${group}`)),
        );
        const parts = await partsOf(fileOf(records, sizes), { ...options, group: true });
        expect(Buffer.concat(parts.map(recordsOf)).equals(Buffer.concat(records))).toBe(true);
        const starts = parts.map(
          (part) => new BamRecordScanner(2, { group: true }).push(recordsOf(part)).length,
        );
        expect(starts.reduce((sum, count) => sum + count, 0)).toBe(groups.length);
      }),
      { numRuns: 60 },
    );
  });

  it('makes one part of a file without records', async () => {
    const [only, ...others] = await partsOf(fileOf([]), { parts: 5 });
    expect(others).toEqual([]);
    expect(recordsOf(only ?? Buffer.alloc(0))).toHaveLength(0);
  });

  it('goes by the size of parts, too', async () => {
    const file = fileOf(
      Array.from({ length: 1000 }, (_, index) => read(`read${index}`)),
      [500],
    );
    const parts = await Array.fromAsync(splitBam(file, { maximalSize: file.size / 5 }));
    expect(parts).toHaveLength(5);
    for (const options of [{ maximalSize: 0 }, { parts: 0 }, { parts: 1.5 }]) {
      await expect(partsOf(file, options)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
    }
  });

  it('never loses anything of a damaged file in silence, if it verifies', async () => {
    const records = Array.from({ length: 40 }, (_, index) => read(`read${index}`));
    const whole = fileOf(records, [500]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.size - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const file = new InMemory(whole.bytes);
        file.bytes[at] = (file.bytes[at] ?? 0) ^ change;
        const parts = await partsOf(file, { parts: 3, verify: true }).catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'FormatError', code: 'MALFORMED', path: 'memory' });
          return undefined;
        });
        // What remains are bytes without a meaning, such as the time in the header of a block.
        if (parts !== undefined) expect(Buffer.concat(parts.map(recordsOf))).toEqual(Buffer.concat(records));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a file that most likely lost its end, unless told to take it', async () => {
    const whole = fileOf([read('a')]);
    const file = new InMemory(whole.bytes.subarray(0, -28));
    await expect(partsOf(file, { parts: 2 })).rejects.toThrow('expected the end-of-file marker');
    const [part] = await partsOf(file, { parts: 2, acceptWithoutMarker: true });
    expect(recordsOf(part ?? Buffer.alloc(0))).toEqual(read('a'));
  });
});

describe('concatBam', () => {
  it('joins what splitBam has cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anySizes, fc.integer({ min: 1, max: 9 }), async (any, sizes, parts) => {
        const records = Buffer.concat(any.map(recordBytes));
        const cut = await partsOf(inBlocks(Buffer.concat([header, records]), sizes), { parts });
        const files = cut.map((bytes, index) => new InMemory(bytes, `part ${index}`));
        const joined = carriedOut(await concatBam(files), ...files);
        expect(recordsOf(joined).equals(records)).toBe(true);
        expect(joined.indexOf(endOfFileMarker)).toBe(joined.length - endOfFileMarker.length);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses headers that disagree, but for how the files were made', async () => {
    const file = (name: string, text: string, references?: Parameters<typeof headerBytes>[1]) =>
      new InMemory(inBlocks(headerBytes(text, references), [1000]).bytes, name);
    const first = file('first', '@HD\tVN:1.6\n@PG\tID:a\n');
    expect(await concatBam([first, file('second', '@HD\tVN:1.6\n@PG\tID:b\n')])).not.toEqual([]);
    await expect(concatBam([first, file('second', '@HD\tVN:1.6\n@RG\tID:x\n')])).rejects.toThrow(
      'found "@RG\\tID:x" in the place of ""',
    );
    await expect(
      concatBam([first, file('second', '@HD\tVN:1.6\n', [{ name: 'chr1', length: 5 }])]),
    ).rejects.toThrow('1 references in the place of 2');
    await expect(concatBam([])).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
  });
});
