import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressed, decompressed, joined, joinedText } from '../testing/join-files.ts';

const head = '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';
const variant = (contig: string, position: number): string => `${contig}\t${position}\t.\tA\tC\t.\t.\t.\n`;

/** Places in order, of which regions of some bases are made with so many around them. */
const cases = fc.record({
  contig: fc.constantFrom('chr1', 'HLA:01', 'a,b', 'x{1}', 'chr1:1-9'),
  places: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
  window: fc.integer({ min: 1, max: 30 }),
  overlap: fc.nat(20),
  compression: fc.constantFrom('none' as const, 'gzip' as const, 'bgzf' as const),
});

describe('trimmed', () => {
  it('gives what the whole gives, whatever parts tell of what lies around them', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ contig, places, window, overlap, compression }) => {
        const sorted = places.toSorted((one, other) => one - other);
        const starts = Array.from({ length: Math.ceil(60 / window) }, (_, index) => 1 + index * window);
        const parts = starts.map((start) => {
          const seen = sorted.filter((at) => at >= start - overlap && at < start + window + overlap);
          // What stands in the padding alone may be wrong: the part did not see enough of it.
          const told = seen.map((at) =>
            variant(contig, at).replace('A', at < start || at >= start + window ? 'T' : 'A'),
          );
          return compressed(head + told.join(''), compression);
        });
        const values = starts.map((start) => ({ region: `{${contig}}:${start}-${start + window - 1}` }));
        const choice = { merge: 'trimmed', parameters: { format: 'vcf' } };
        const result = await joined(choice, await Promise.all(parts), { values });
        expect(await decompressed(result)).toBe(head + sorted.map((at) => variant(contig, at)).join(''));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('takes several regions, whole sequences and open ends', async () => {
    const choice = { merge: 'trimmed', parameters: { format: 'bed' } };
    const text = '#made\nchr1\t4\t5\nchr1\t5\t6\nchr2\t0\t1\nchr3\t9\t10\nchr3\t10\t11\n';
    const values = [{ region: 'chr1:1-5,chr2,chr3:11-' }, { region: '' }];
    const expected = '#made\nchr1\t4\t5\nchr2\t0\t1\nchr3\t10\t11\n';
    expect(await joinedText(choice, [text, '#made\nchr1\t4\t5\n'], { values })).toBe(expected);
  });

  it('finds the place in other columns', async () => {
    const parameters = { format: 'tabular', contig: 3, position: 2, base: 0 };
    const values = [{ region: 'c:1-1' }];
    expect(await joinedText({ merge: 'trimmed', parameters }, ['x\t0\tc\ny\t1\tc\n'], { values })).toBe(
      'x\t0\tc\n',
    );
  });

  it('names the part that has no region, or a line without a place', async () => {
    const choice = { merge: 'trimmed', parameters: { format: 'bed' } };
    await expect(joined(choice, ['c\t1\t2\n'])).rejects.toThrow(/part 1: has no \{region\}/);
    const values = [{ region: 'c' }, { region: 'c' }];
    await expect(joined(choice, ['c\t1\t2\n', 'c\t1\t2\nc\tone\n'], { values })).rejects.toThrow(
      /part 2: expected a position in column 2, found the line "c\\tone/,
    );
    await expect(joined({ merge: 'trimmed' }, ['c\t1\t2\n'], { values })).rejects.toThrow(
      /with the parameter format/,
    );
  });
});
