import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { deflateBlocks, endOfFileMarker } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { readyMerge } from '../../src/index.ts';

let directory: string;
let count = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'merge-bam-'));
});
afterAll(() => rm(directory, { recursive: true }));

const samtools = (options: readonly string[], input = ''): string =>
  execFileSync('samtools', options, { input, encoding: 'latin1', stdio: ['pipe', 'pipe', 'pipe'] });

/** A BAM file of this SAM text. */
const bamOf = (text: string): string => {
  count += 1;
  const path = join(directory, `${count}.bam`);
  samtools(['view', '--no-PG', '-b', '-o', path, '-'], text);
  return path;
};

const joined = async (
  paths: readonly string[],
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<string> => {
  count += 1;
  const destination = join(directory, `joined-${count}.bam`);
  const merge = readyMerge({ merge: 'bam', parameters });
  if (merge.kind !== 'here') throw new Error('bam is joined here');
  await merge.join({ parts: paths.map((path) => ({ path })), destination });
  samtools(['quickcheck', '-v', destination]);
  return destination;
};

const textOf = (path: string): string => samtools(['view', '--no-PG', '-h', path]);

const head = (order: string): string =>
  `@HD\tVN:1.6\tSO:${order}\n@SQ\tSN:chr1\tLN:1000\n@SQ\tSN:chr2\tLN:500\n`;

interface Read {
  readonly name: string;
  readonly reference: string;
  readonly position: number;
  readonly reverse: boolean;
}

const line = ({ name, reference, position, reverse }: Read): string =>
  reference === '*'
    ? `${name}\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\tIIII\tXX:i:7\n`
    : `${name}\t${reverse ? 16 : 0}\t${reference}\t${position}\t60\t4M\t=\t${position}\t0\tACGT\tIIII\n`;

const anyRead: fc.Arbitrary<Read> = fc.record({
  name: fc.stringMatching(/^[ab][0129]{1,3}$/),
  reference: fc.constantFrom('chr1', 'chr2', '*'),
  position: fc.integer({ min: 1, max: 40 }),
  reverse: fc.boolean(),
});

const anyParts = fc.array(fc.array(anyRead, { maxLength: 30 }), { minLength: 1, maxLength: 5 });

describe.skipIf(!requirePrograms('samtools'))('bam', () => {
  it('joins parts in their order, as samtools cat does', async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const texts = parts.map((reads) => reads.map(line).join(''));
        const result = await joined(texts.map((text) => bamOf(head('unsorted') + text)));
        expect(textOf(result)).toBe(head('unsorted') + texts.join(''));
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['coordinate', []],
    ['queryname', ['-n']],
  ] as const)(
    'merges parts sorted by %s into what the whole would have been sorted into',
    async (order, options) => {
      await fc.assert(
        fc.asyncProperty(anyParts, async (parts) => {
          const texts = parts.map((reads) => reads.map(line).join(''));
          const sort = (text: string) =>
            samtools(['sort', '--no-PG', '-u', ...options, '-'], head('unknown') + text);
          const paths = await Promise.all(
            texts.map(async (text) => {
              count += 1;
              const path = join(directory, `${count}.bam`);
              await writeFile(path, sort(text), 'latin1');
              return path;
            }),
          );
          const whole = join(directory, `whole-${count}.bam`);
          await writeFile(whole, sort(texts.join('')), 'latin1');
          expect(textOf(await joined(paths))).toBe(textOf(whole));
          expect(textOf(whole)).toContain(`SO:${order}`);
        }),
        { numRuns: 15 },
      );
    },
  );

  it('copies the blocks where sorted parts follow one another', async () => {
    const reads = (from: number) =>
      Array.from({ length: 3000 }, (_, index) =>
        line({ name: `r${index}`, reference: 'chr1', position: from + (index >> 4), reverse: false }),
      ).join('');
    const paths = [1, 400].map((from) => bamOf(head('coordinate') + reads(from)));
    const result = await joined(paths);
    expect(textOf(result)).toBe(head('coordinate') + reads(1) + reads(400));
    const swapped = await joined([...paths].reverse());
    expect(textOf(swapped)).toBe(textOf(result));
    expect(textOf(await joined([...paths].reverse(), { sorted: 'no' }))).toBe(
      head('coordinate') + reads(400) + reads(1),
    );
  });

  it('merges more parts than files may be open', async () => {
    const reads = Array.from({ length: 110 }, (_, index) =>
      line({ name: `r${index}`, reference: 'chr1', position: 1 + ((index * 37) % 110), reverse: false }),
    );
    const paths = reads.map((read) => bamOf(head('unsorted') + read));
    const result = await joined(paths, { sorted: 'coordinate' });
    const whole = samtools(['sort', '--no-PG', '-u', '-'], head('unsorted') + reads.join(''));
    const path = join(directory, 'many.bam');
    await writeFile(path, whole, 'latin1');
    expect(textOf(result)).toBe(textOf(path));
  });

  it('numbers references anew where a part has others', async () => {
    const one = bamOf(head('unsorted') + line({ name: 'a', reference: 'chr2', position: 5, reverse: false }));
    const other = '@HD\tVN:1.6\tSO:unsorted\n@SQ\tSN:chrX\tLN:70\n@SQ\tSN:chr2\tLN:500\n@RG\tID:g\n';
    const reads = `${line({ name: 'b', reference: 'chrX', position: 6, reverse: true })}${line({ name: 'c', reference: 'chr2', position: 7, reverse: false })}`;
    const result = await joined([one, bamOf(other + reads)]);
    expect(textOf(result)).toBe(
      `${head('unsorted')}@SQ\tSN:chrX\tLN:70\n@RG\tID:g\n` +
        `${line({ name: 'a', reference: 'chr2', position: 5, reverse: false })}${reads}`,
    );
  });

  it('refuses a part with a record whose length leads back', async () => {
    const reads = ['a', 'b'].map((name) => line({ name, reference: 'chr1', position: 5, reverse: false }));
    const content = gunzipSync(await readFile(bamOf(head('coordinate') + reads.join(''))));
    const size = content.readInt32LE(content.lastIndexOf('b\0') - 36);
    expect(size).toBeGreaterThan(32);
    content.writeInt32LE(-4, content.lastIndexOf('b\0') - 36);
    const damaged = join(directory, 'leads back.bam');
    await writeFile(damaged, Buffer.concat([...deflateBlocks(content), endOfFileMarker]));
    const good = bamOf(head('coordinate') + reads.join(''));
    await expect(joined([good, damaged])).rejects.toThrow(/MALFORMED.*part 2: .*one of -4 bytes/);
  });

  it('refuses parts that contradict one another, are not sorted as they say, are cut off or no BAM', async () => {
    const good = bamOf(
      head('coordinate') + line({ name: 'a', reference: 'chr2', position: 9, reverse: false }),
    );
    const longer = bamOf('@SQ\tSN:chr2\tLN:501\n');
    await expect(joined([good, longer])).rejects.toThrow(/MALFORMED.*part 2: .*LN:501.*contradicts/);
    const unsorted = bamOf(
      head('coordinate') +
        line({ name: 'b', reference: 'chr2', position: 8, reverse: false }) +
        line({ name: 'c', reference: 'chr1', position: 7, reverse: false }),
    );
    await expect(joined([good, unsorted])).rejects.toThrow(/part 2: the read c comes after/);
    const cut = join(directory, 'cut.bam');
    execFileSync('sh', ['-c', 'head -c -28 "$0" > "$1"', good, cut]);
    await expect(joined([good, cut])).rejects.toThrow(/MALFORMED.*cut\.bam.*part 2: /);
    await expect(joined([cut, good], { sorted: 'name' })).rejects.toThrow(/MALFORMED.*cut\.bam.*part 1: /);
    const text = join(directory, 'text.bam');
    await writeFile(text, 'no BAM');
    await expect(joined([good, text])).rejects.toThrow(/MALFORMED.*part 2: /);
    await expect(joined([good, join(directory, 'none.bam')])).rejects.toThrow(/NOT_FOUND.*part 2: /);
  });
});
