import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressed, decompressed, joined, joinedText } from '../testing/join-files.ts';

const columns = '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tann\tbob\n';
const contigs = '##contig=<ID=chr2,length=90>\n##contig=<ID=chr1,length=80>\n';
const head = `##fileformat=VCFv4.2\n##source=x\n${contigs}${columns}`;
const variant = (contig: string, position: number, alternative = 'C', info = '.') =>
  `${contig}\t${position}\t.\tA\t${alternative}\t.\t.\t${info}\tGT\t0\t1\n`;

/** Variants in order, none of them twice. */
const anyVariants = fc
  .uniqueArray(
    fc.record({
      contig: fc.constantFrom(0, 1),
      position: fc.integer({ min: 1, max: 30 }),
      alternative: fc.constantFrom('C', 'G'),
    }),
    {
      maxLength: 30,
      selector: ({ contig, position, alternative }) => `${contig} ${position} ${alternative}`,
    },
  )
  .map((variants) =>
    variants
      .toSorted((one, other) => one.contig - other.contig || one.position - other.position)
      .map(({ contig, position, alternative }) =>
        variant(['chr2', 'chr1'][contig] ?? '', position, alternative),
      ),
  );

const choice = { merge: 'vcf' };
const removing = { merge: 'vcf', parameters: { duplicates: 'remove' } };

/** Variants in any order, many of them equal in all or in part: as in COSMIC, or in calls of long variants. */
const anyLines = fc.array(
  fc
    .record({
      contig: fc.constantFrom('chr1', 'chr2', 'unheard-of'),
      position: fc.integer({ min: 1, max: 3 }),
      info: fc.constantFrom('END=200', 'END=900'),
    })
    .map(({ contig, position, info }) => variant(contig, position, '<DEL>', info)),
  { maxLength: 20 },
);

describe('vcf', () => {
  it('gives back a file that was cut anywhere, whatever its order, and however often a line stands in it', async () => {
    const compression = fc.constantFrom('none' as const, 'bgzf' as const, 'gzip' as const);
    await fc.assert(
      fc.asyncProperty(anyLines, fc.array(fc.nat(20)), compression, async (lines, places, how) => {
        const starts = [0, ...places.toSorted((one, other) => one - other)];
        const parts = starts.map((from, index) => lines.slice(from, starts[index + 1]));
        const files = await Promise.all(parts.map((part) => compressed(head + part.join(''), how)));
        expect(await decompressed(await joined(choice, files))).toBe(head + lines.join(''));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('leaves out what parts repeat of the end of those before them, if it is told to', async () => {
    const cuts = fc.array(fc.record({ at: fc.nat(30), overlap: fc.nat(3) }), { maxLength: 4 });
    const compression = fc.constantFrom('none' as const, 'bgzf' as const, 'gzip' as const);
    await fc.assert(
      fc.asyncProperty(anyVariants, cuts, compression, async (variants, places, how) => {
        const sorted = places
          .map(({ at, overlap }) => ({ at: Math.min(at, variants.length), overlap }))
          .toSorted((one, other) => one.at - other.at);
        const starts = [{ at: 0, overlap: 0 }, ...sorted];
        const parts = starts.map(({ at, overlap }, index) =>
          variants.slice(
            Math.max(starts[index - 1]?.at ?? 0, at - overlap),
            starts[index + 1]?.at ?? variants.length,
          ),
        );
        const files = await Promise.all(parts.map((part) => compressed(head + part.join(''), how)));
        expect(await decompressed(await joined(removing, files))).toBe(head + variants.join(''));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('keeps at a seam what is of the same place, but another line, or stands there more often', async () => {
    const one = head + variant('chr1', 4) + variant('chr1', 7) + variant('chr1', 7, '<DEL>', 'END=200');
    const other = variant('chr1', 7, 'G') + variant('chr1', 7, '<DEL>', 'END=900');
    const two = other + variant('chr1', 7) + variant('chr1', 7) + variant('chr1', 9);
    expect(await joinedText(removing, [one, head + two])).toBe(
      one + other + variant('chr1', 7) + variant('chr1', 9),
    );
    expect(await joinedText(choice, [one, head + two])).toBe(one + two);
  });

  it('unites what headers declare, and leaves lines about the making to the first', async () => {
    const made = (by: string, more: string) => `##fileformat=VCFv4.2\n##command=${by}\n${more}${columns}`;
    const info = (id: string, type = 'Integer') =>
      `##INFO=<ID=${id},Number=1,Type=${type},Description="a, b">\n`;
    const one = made('part 1', info('A') + contigs) + variant('chr2', 1, 'C', 'A=1');
    const two = made('part 2', `${contigs}${info('A')}${info('B')}##FILTER=<ID=f,Description="">\n`);
    expect(await joinedText(choice, [one, two + variant('chr1', 1, 'C', 'B=1')])).toBe(
      `##fileformat=VCFv4.2\n##command=part 1\n${info('A')}${info('B')}${contigs}##FILTER=<ID=f,Description="">\n${columns}` +
        variant('chr2', 1, 'C', 'A=1') +
        variant('chr1', 1, 'C', 'B=1'),
    );
    await expect(joined(choice, [one, made('', info('A', 'Float'))])).rejects.toThrow(
      /1-result, line 3: part 2: found .*whose Type differs from/,
    );
  });

  it('copies the blocks of BGZF as they are', async () => {
    const lines = (from: number) =>
      Array.from({ length: 9000 }, (_, index) => variant('chr1', from + index)).join('');
    const parts = await Promise.all([lines(1), lines(10_000)].map((text) => compressed(head + text, 'bgzf')));
    const result = await joined(choice, parts);
    expect(gunzipSync(result).toString()).toBe(head + lines(1) + lines(10_000));
    const second = parts[1] as Buffer;
    expect(result.indexOf(second.subarray(second.readUInt16LE(16) + 1, -28))).toBeGreaterThan(0);
  });

  it.each([
    [
      'goes back',
      head + variant('chr1', 5),
      'part 2 \\(B\\): begins at chr1:5, where part 1 \\(A\\) has reached chr1:7',
    ],
    ['has an earlier sequence', head + variant('chr2', 5), 'begins at chr2:5'],
    ['has other samples', head.replace('bob', 'eve'), 'column 11 is "eve" in the place of "bob"'],
    ['has a sample less', head.replace('\tbob', ''), 'column 11 is "missing" in the place of "bob"'],
    ['has no header', variant('chr1', 9), 'part 2 \\(B\\): .*expected VCF'],
    ['is empty', '', 'part 2 \\(B\\): '],
    ['is missing', undefined, 'NOT_FOUND.*part 2 \\(B\\)'],
  ])('refuses a part that %s', async (_, two, text) => {
    const parts = [head + variant('chr1', 7), two];
    await expect(joined(removing, parts, { labels: ['A', 'B'] })).rejects.toThrow(new RegExp(text));
  });
});
