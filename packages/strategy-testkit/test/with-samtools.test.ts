import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mergeNamed, strategyNamed } from '@galaxy-mesos/parallelism';
import { afterAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../test-fixtures/real-programs/real-programs.ts';
import { type Law, mergeLaws, strategyLaws } from '../src/index.ts';
import { readsIn } from './made-bam.ts';

const present = requirePrograms('samtools');
const directory = mkdtempSync(path.join(tmpdir(), 'strategy-testkit-'));
afterAll(() => rmSync(directory, { recursive: true }));

const header = '@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:10000\n@SQ\tSN:chr2\tLN:500\n';
const read = (index: number): string => `r${index}\t0\tchr1\t${1 + index * 9}\t60\t4M\t*\t0\t0\tACGT\tIIII\n`;
const unplaced = 'u\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\n';

/** Reads in a format of samtools'; a BAM file with its index. */
function made(name: string, sam: string): string {
  const file = path.join(directory, name);
  if (!present) return file;
  const format = name.endsWith('.cram') ? 'cram,no_ref' : 'bam';
  execFileSync('samtools', ['view', '--no-PG', '-O', format, '-o', file, '-'], { input: sam });
  if (format === 'bam') execFileSync('samtools', ['index', file]);
  return file;
}

const reads = Array.from({ length: 1000 }, (_, index) => read(index)).join('');
const bam = { path: made('reads.bam', header + reads + unplaced) };
const single = { path: made('one.bam', header + read(0)) };
const empty = { path: made('none.bam', header) };
const torn = path.join(directory, 'torn.bam');
if (present) writeFileSync(torn, readFileSync(bam.path).subarray(0, -40));

const register = (laws: readonly Law[]): void => {
  for (const law of laws) it(law.name, () => law.run());
};

describe.skipIf(!present)('the strategy regions', () => {
  register(
    strategyLaws(strategyNamed('regions'), {
      samples: [
        { title: 'reads in parts', inputs: { reads: bam }, parameters: { parts: 4 } },
        { title: 'reads by window', inputs: { reads: bam }, parameters: { window: 3000 } },
        { title: 'reads by contig', inputs: { reads: bam }, parameters: { by: 'contig' } },
        { title: 'one read', inputs: { reads: single }, parameters: { parts: 3 } },
        { title: 'the header only', inputs: { reads: empty }, parameters: { parts: 2 } },
      ],
      recordsOf: (file) => readsIn(gunzipSync(file)),
      refused: [
        { title: 'a file without an index', inputs: { reads: { path: torn } }, parameters: { parts: 2 } },
      ],
      refusedParameters: [{}, { parts: 2, window: 100 }, { parts: 2, targets: 'relative.bed' }],
    }),
  );
});

describe.skipIf(!present)('the merge cram', () => {
  const part = (name: string, ...indexes: readonly number[]): Buffer =>
    present ? readFileSync(made(name, header + indexes.map(read).join(''))) : Buffer.alloc(0);
  const first = part('first.cram', 1, 2);
  register(
    mergeLaws(mergeNamed('cram'), {
      emptyParts: 'refused',
      samples: [
        {
          title: 'reads of two parts',
          parts: [first, part('second.cram', 3)],
          parameters: { sorted: 'coordinate' },
          result: (bytes) => {
            const lines = execFileSync('samtools', ['view', '-'], { input: bytes, encoding: 'utf8' });
            expect(lines.match(/^r\d/gm)).toEqual(['r1', 'r2', 'r3']);
          },
        },
      ],
      refused: [
        { title: 'what is no CRAM', parts: [first, 'text\n'], parameters: { sorted: 'no' } },
        {
          title: 'a part that is cut off',
          parts: [first.subarray(0, -38), first],
          parameters: { sorted: 'no' },
        },
      ],
      refusedParameters: [{}, { sorted: 'yes' }],
    }),
  );
});
