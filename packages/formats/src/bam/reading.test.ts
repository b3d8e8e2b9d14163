import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyRecords,
  anySizes,
  fileOf,
  header,
  inBlocks,
  read,
  recordBytes,
  startsIn,
} from '../../test-helpers/binary/bam.ts';
import type { InMemory } from '../../test-helpers/binary/in-memory-file.ts';
import type { VirtualOffset } from '../bgzf/virtual-offset.ts';
import { readBamHeader } from './bam-header.ts';
import { BamRecordScanner } from './record-scanner.ts';
import { scanBam } from './scan-bam.ts';

const contentAt = (file: InMemory, at: VirtualOffset, length: number): Buffer =>
  gunzipSync(file.bytes.subarray(at.block)).subarray(at.within, at.within + length);

describe('readBamHeader', () => {
  it('reads text and references, however they lie in blocks', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, async (sizes) => {
        const file = fileOf([read('a')], sizes);
        const found = await readBamHeader(file);
        expect(found.text).toBe('@HD\tVN:1.6\n');
        expect(found.references).toEqual([
          { name: 'chr1', length: 1_000_000 },
          { name: 'chr2', length: 500_000 },
        ]);
        expect(contentAt(file, found.end, 1e6)).toEqual(read('a'));
      }),
    );
  });

  it('refuses what is no BAM file, is cut off or claims lengths that cannot be', async () => {
    const damaged = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(header);
      change(bytes);
      return readBamHeader(inBlocks(bytes, [20]));
    };
    await expect(readBamHeader(inBlocks(Buffer.from('##fileformat=VCFv4.3\n'), [100]))).rejects.toThrow(
      'expected a BAM file; this is BGZF of something else',
    );
    await expect(readBamHeader(inBlocks(header.subarray(0, -1), [100]))).rejects.toThrow(
      'ends within its header',
    );
    await expect(damaged((bytes) => bytes.writeInt32LE(-1, 4))).rejects.toThrow('is said to be -1');
    await expect(damaged((bytes) => bytes.writeInt32LE(0x7fffffff, 4))).rejects.toThrow(
      'is said to be 2147483647',
    );
    await expect(damaged((bytes) => bytes.writeInt32LE(0x70000000, 23))).rejects.toMatchObject({
      code: 'MALFORMED',
      path: 'memory',
      offset: expect.any(Number),
    });
  });
});

describe('BamRecordScanner', () => {
  it('finds every record, in chunks of any size', () => {
    fc.assert(
      fc.property(anyRecords, fc.integer({ min: 1, max: 500 }), (any, size) => {
        const records = any.map(recordBytes);
        const content = Buffer.concat(records);
        const scanner = new BamRecordScanner(2);
        const starts: number[] = [];
        for (let from = 0; from < content.length; from += size) {
          starts.push(...scanner.push(content.subarray(from, from + size)));
        }
        scanner.end();
        expect(starts).toEqual(startsIn(records));
      }),
    );
  });

  it('tells only where reads of another name begin, if asked to', () => {
    const records = ['a', 'a', 'b', 'b', 'b', 'a'].map((name) => read(name));
    const starts = startsIn(records);
    const found = new BamRecordScanner(2, { group: true }).push(Buffer.concat(records));
    expect(found).toEqual([starts[0], starts[2], starts[5]]);
  });

  it.each([
    ['a sequence of -5 bases', 20, -5],
    ['3 bytes for fields', 0, 3],
    ['reference 2 of 2', 4, 2],
    ['reference -2 of 2', 4, -2],
    ['a mate on reference 9 of 2', 24, 9],
    ['a negative position', 8, -2],
  ])('notices %s', (complaint, at, value) => {
    const second = read('b');
    second.writeInt32LE(value, at);
    const scanner = new BamRecordScanner(2);
    const first = read('a');
    expect(() => scanner.push(Buffer.concat([first, second]))).toThrow(complaint);
  });

  it('notices that the last record is not complete', () => {
    const record = read('a');
    for (let length = 1; length < record.length; length += 1) {
      const scanner = new BamRecordScanner(2);
      scanner.push(record.subarray(0, length));
      expect(() => scanner.end()).toThrow('the records end within one');
    }
  });
});

describe('scanBam', () => {
  it('tells where in the file each record begins', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, anySizes, async (any, sizes) => {
        const records = any.map(recordBytes);
        const file = fileOf(records, sizes);
        const starts = (await Array.fromAsync(scanBam(file))).flat();
        expect(starts).toHaveLength(records.length);
        for (const [index, record] of records.slice(0, 10).entries()) {
          const at = starts[index] as VirtualOffset;
          expect(contentAt(file, at, record.length).equals(record)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells in which block the damage is', async () => {
    const bad = read('b');
    bad.writeInt32LE(7, 4);
    const file = fileOf([read('a'), bad, read('c')], [header.length, read('a').length, 10]);
    const third = (
      await Array.fromAsync(scanBam(fileOf([read('a'), read('b')], [header.length, read('a').length])))
    ).flat();
    await expect(Array.fromAsync(scanBam(file))).rejects.toMatchObject({
      rawMessage: expect.stringContaining('reference 7 of 2'),
      path: 'memory',
      offset: third[1]?.block,
    });
  });
});
