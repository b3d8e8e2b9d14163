import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { carryOut } from '../carry-out.ts';
import { makeLines, run } from './made-files.ts';

const present = requirePrograms('samtools', 'bgzip', 'tabix');

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'any-cuts-'));
});
afterAll(() => rm(directory, { recursive: true }));

const lengths = { chr1: 200_000, chr2: 40_000, 'HLA:1:2': 30 };
const contig = fc.constantFrom('chr1', 'chr1', 'chr2', 'HLA:1:2');

/** The parameters of any cut; windows are not so small that parts are too many for a test. */
const anyHow = fc
  .oneof(
    fc.record({ parts: fc.integer({ min: 1, max: 12 }), equal: fc.constantFrom('work', 'reads', 'bases') }),
    fc.record({ bytes: fc.integer({ min: 100, max: 5000 }) }),
    fc.record({ window: fc.integer({ min: 9000, max: 250_000 }) }),
    fc.record({ by: fc.constant('contig') }),
  )
  .chain((how) => fc.boolean().map((together) => ({ ...how, together })));

const anyRead = fc.record({
  contig: fc.oneof({ weight: 9, arbitrary: contig }, { weight: 1, arbitrary: fc.constant('*') }),
  at: fc.oneof(fc.nat(199_000), fc.nat(300), fc.constantFrom(16_383, 16_384, 16_385)),
  skipped: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(90_000) }),
  isMapped: fc.boolean(),
});

const samOf = (
  reads: readonly { contig: string; at: number; skipped: number; isMapped: boolean }[],
): string => {
  const lines = reads.map(({ contig: name, at, skipped, isMapped }, index) => {
    const place = name === '*' ? '*\t0' : `${name}\t${1 + (at % lengths[name as keyof typeof lengths])}`;
    const aligned =
      isMapped && name !== '*'
        ? `0\t${place}\t9\t${skipped > 0 ? `4M${skipped}N4M` : '8M'}`
        : `4\t${place}\t0\t*`;
    return `r${index}\t${aligned}\t*\t0\t0\tACGTACGT\tIIIIIIII\n`;
  });
  const header = Object.entries(lengths).map(([name, length]) => `@SQ\tSN:${name}\tLN:${length}\n`);
  return [...header, ...lines].join('');
};

const cutAll = async (path: string, parameters: object): Promise<readonly string[]> => {
  const split = { strategy: 'regions', parameters };
  const parts = await carryOut(split, [{ name: 'x', paths: [path] }], join(directory, 'parts'));
  return parts.map(({ files }) => files.x ?? '');
};

describe.skipIf(!present)('regions', () => {
  it('give every read to one part, in order, whatever the reads and the cuts', async () => {
    const bam = join(directory, 'reads.bam');
    await fc.assert(
      fc.asyncProperty(fc.array(anyRead, { maxLength: 200, size: 'max' }), anyHow, async (reads, how) => {
        execFileSync('samtools', ['sort', '--no-PG', '-o', bam, '-'], { input: samOf(reads), stdio: 'pipe' });
        run('samtools', 'index', bam);
        const parts = await cutAll(bam, how);
        const view = (path: string): string => run('samtools', 'view', '--no-PG', path);
        expect(parts.map(view).join('')).toBe(view(bam));
      }),
      { numRuns: 15 },
    );
  }, 240_000);

  it('give every line to one part, in order, whatever the lines and the cuts', async () => {
    const anyLine = fc.record({ contig, at: fc.nat(60_000), size: fc.oneof(fc.nat(9), fc.nat(50_000)) });
    const order = Object.keys(lengths);
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 200, size: 'max' }), anyHow, async (lines, how) => {
        fc.pre(!('equal' in how && how.equal === 'bases'));
        const sorted = lines.toSorted(
          (a, b) => order.indexOf(a.contig) - order.indexOf(b.contig) || a.at - b.at,
        );
        const text = sorted.map(
          ({ contig: name, at, size }, index) => `${name}\t${at}\t${at + size + 1}\tf${index}\n`,
        );
        const bed = await makeLines(join(directory, 'lines.bed'), `#head\n${text.join('')}`, 'bed');
        const parts = (await cutAll(bed, how)).map((path) => run('bgzip', '-dc', path));
        expect(parts.every((part) => part.startsWith('#head\n'))).toBe(true);
        expect(parts.map((part) => part.slice('#head\n'.length)).join('')).toBe(text.join(''));
      }),
      { numRuns: 20 },
    );
  }, 240_000);
});
