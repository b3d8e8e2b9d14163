import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, joinedText } from '../testing/join-files.ts';

const read = (name: string) => `${name}\t4\t*\t0\t0\t*\t*\t0\t0\tA\tI\n`;
const head = '@HD\tVN:1.6\tSO:unsorted\n';
const sequence = (name: string, length = 9) => `@SQ\tSN:${name}\tLN:${length}\n`;
const choice = { merge: 'sam' };

describe('sam', () => {
  it('gives back a file that was cut anywhere, its header in every part', async () => {
    const anyParts = fc.array(fc.array(fc.constantFrom(read('a'), read('b')), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    });
    const anyHeader = fc.constantFrom('', `${head}${sequence('1')}@CO\tx\n@CO\tx\n@PG\tID:p\n`);
    await fc.assert(
      fc.asyncProperty(anyParts, anyHeader, async (parts, header) => {
        const files = parts.map((records) => header + records.join(''));
        expect(await joinedText(choice, files)).toBe(header + parts.flat().join(''));
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('unites headers without doubles, each line among those of its kind', async () => {
    const one = `${head}${sequence('1')}@RG\tID:x\n@PG\tID:bwa\tCL:bwa 0\n@CO\ta\n${read('r1')}`;
    const two = `${head}${sequence('1')}${sequence('2')}@RG\tID:y\n@PG\tID:bwa\tCL:bwa 1\n@PG\tID:z\n@CO\tb\n@CO\ta\n${read('r2')}`;
    expect(await joinedText(choice, [one, two])).toBe(
      `${head}${sequence('1')}${sequence('2')}@RG\tID:x\n@RG\tID:y\n@PG\tID:bwa\tCL:bwa 0\n@PG\tID:z\n@CO\ta\n@CO\tb\n` +
        `${read('r1')}${read('r2')}`,
    );
  });

  it.each([
    ['another length of a sequence', sequence('1'), sequence('1', 8), 'SN:1\\\\tLN:8" in the header'],
    ['another read group', '@RG\tID:x\tSM:a\n', '@RG\tID:x\tSM:b\n', 'which contradicts "@RG'],
    ['another order', '@HD\tVN:1.6\tSO:coordinate\n', head, 'SO:unsorted'],
    ['no header', head, '', 'part 2 \\(B\\): has no header, expected one'],
    ['a header', '', head, 'part 2 \\(B\\): has a header, expected none'],
  ])('refuses a part with %s', async (_, one, two, text) => {
    const parts = [one + read('a'), two + read('b')];
    await expect(joined(choice, parts, { labels: ['A', 'B'] })).rejects.toThrow(
      new RegExp(`\\[MALFORMED\\] .*1-result.*${text}`),
    );
  });
});
