import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { readyMerge } from '../../src/index.ts';
import { carryOut } from '../carry-out.ts';
import { anyReads, bamOf, header, read } from './made-bam.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "it's blocks-"));
});
afterAll(() => rm(directory, { recursive: true }));

const write = async (bytes: Uint8Array): Promise<string> => {
  const path = join(directory, 'reads.bam');
  await writeFile(path, bytes);
  return path;
};

/** The records of every part, as their bytes. */
const cut = async (path: string, parameters: object): Promise<readonly Buffer[]> => {
  const split = { strategy: 'blocks', parameters };
  const parts = await carryOut(split, [{ name: 'x', paths: [path] }], join(directory, 'parts'));
  const contents = parts.map(async ({ files }) => gunzipSync(await readFile(files.x ?? '')));
  return (await Promise.all(contents)).map((content) => {
    expect(content.subarray(0, header.length)).toEqual(header);
    return content.subarray(header.length);
  });
};

const anySizes = fc.array(fc.integer({ min: 40, max: 3000 }), { minLength: 1, maxLength: 3 });
const size = fc.integer({ min: 1, max: 70 });
const anyHow = fc.oneof(
  fc.record({ parts: fc.integer({ min: 1, max: 20 }), verify: fc.constant(true), group: fc.boolean() }),
  fc.record({ bytes: fc.integer({ min: 50, max: 5000 }), verify: fc.constant(true), group: fc.boolean() }),
  fc.record({ size, group: fc.boolean() }),
);

describe('blocks', () => {
  it('gives every read to one part, in order, whatever the reads, the blocks and the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(anyReads, anySizes, anyHow, async (reads, sizes, how) => {
        const parts = await cut(await write(bamOf(reads, sizes)), how);
        expect(Buffer.concat(parts)).toEqual(Buffer.concat(reads));
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('gives so many reads to each part, and with group so many names', async () => {
    const names = ['a', 'a', 'b', 'c', 'c', 'c', 'd'];
    const records = names.map((name) => read(name));
    const [first = Buffer.alloc(0)] = records;
    const path = await write(bamOf(records, [100]));
    const counts = async (how: object) => (await cut(path, how)).map(({ length }) => length / first.length);
    expect(await counts({ size: 3 })).toEqual([3, 3, 1]);
    expect(await counts({ size: 2, group: true })).toEqual([3, 4]);
    expect(await counts({ size: 100 })).toEqual([7]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'expected a BAM file, found an empty file'],
    ['text', Buffer.from('@HD\tVN:1.6\n'), 'expected a BAM file, found something else'],
    ['gzip', Buffer.from('1f8b080000000000000303000000000000000000', 'hex'), 'found a file in gzip'],
    ['a file that lost its end', bamOf([read('a')]).subarray(0, -5), 'incomplete'],
  ])('refuses %s', async (_, bytes, message) => {
    const path = await write(bytes);
    for (const how of [{ parts: 2 }, { size: 2 }]) await expect(cut(path, how)).rejects.toThrow(message);
  });

  it('refuses a collection, and parameters that say nothing or too much', async () => {
    const split = (parameters: object, paths: [string, ...string[]] = ['/x']) =>
      carryOut({ strategy: 'blocks', parameters }, [{ name: 'x', paths }], join(directory, 'none'));
    await expect(split({ parts: 2 }, ['/x', '/y'])).rejects.toThrow(
      'expected one file in the input x, found 2',
    );
    await expect(split({ parts: 2, size: 2 })).rejects.toThrow('give exactly one of parts');
    await expect(split({})).rejects.toThrow('give exactly one of parts');
  });
});

describe.skipIf(!requirePrograms('samtools'))('blocks and samtools', () => {
  const samtools = (...args: readonly string[]): string =>
    execFileSync('samtools', args, { encoding: 'latin1', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'] });

  it('sum up to flagstat of the whole, and join to the same reads', async () => {
    const references = ['chr1', 'chr2'];
    const lines = Array.from({ length: 30_000 }, (_, at) => {
      const place =
        at % 9 === 0 ? '4\t*\t0\t0\t*' : `${(at % 3) * 16}\t${references[at % 2]}\t${1 + at}\t60\t20M`;
      return `r${at >> 1}\t${place}\t*\t0\t0\tACGTACGTACGTACGTACGT\t${'I'.repeat(19)}${at % 9}\n`;
    });
    const sam = join(directory, 'reads.sam');
    const bam = join(directory, 'whole.bam');
    await writeFile(sam, `@SQ\tSN:chr1\tLN:90000\n@SQ\tSN:chr2\tLN:90000\n${lines.join('')}`);
    samtools('view', '--no-PG', '-o', bam, sam);
    for (const parameters of [{ parts: 7 }, { bytes: 30_000, group: true }, { size: 4000 }]) {
      const where = join(directory, `parts-${Object.keys(parameters).join('-')}`);
      const parts = await carryOut({ strategy: 'blocks', parameters }, [{ name: 'x', paths: [bam] }], where);
      expect(parts.length).toBeGreaterThan(4);
      const flags = parts.map(({ files }) => samtools('flagstat', '-O', 'tsv', files.x ?? ''));
      const first = (text: string) => text.split('\n').map((line) => Number.parseInt(line, 10) || 0);
      const sums = flags
        .map(first)
        .reduce((sum, numbers) => sum.map((value, at) => value + (numbers[at] ?? 0)));
      const whole = first(samtools('flagstat', '-O', 'tsv', bam));
      // Counts of reads; those of pairs and shares follow.
      expect(sums.slice(0, 6)).toEqual(whole.slice(0, 6));
      const destination = join(where, 'joined.bam');
      const merge = readyMerge({ merge: 'bam' });
      if (merge.kind !== 'here') throw new Error('bam is joined here');
      await merge.join({ parts: parts.map(({ files }) => ({ path: files.x ?? '' })), destination });
      expect(samtools('view', '--no-PG', '-h', destination) === samtools('view', '--no-PG', '-h', bam)).toBe(
        true,
      );
    }
  }, 120_000);
});
