import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressed, joined, joinedText } from '../testing/join-files.ts';

const anyLine = fc
  .tuple(fc.stringMatching(/^[a-cA \xe4\xff]{0,3}$/), fc.integer({ min: -20, max: 20 }), fc.nat(3))
  .map(([name, number, other]) => `${name}\t${number}\t${other}`);

const anyParts = fc.array(fc.array(anyLine, { maxLength: 20 }), { minLength: 1, maxLength: 6 });

const bytewise = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** By the second column as a number, falling, then by the first as text. */
const byKeys = (one: string, other: string): number => {
  const [first, second] = [one.split('\t'), other.split('\t')];
  return Number(second[1]) - Number(first[1]) || bytewise(first[0] ?? '', second[0] ?? '');
};

const keys = [{ column: 2, kind: 'number', reverse: true }, { column: 1 }];

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const features = (...lines: readonly (readonly [string, number, string?])[]): string =>
  lines.map(([chromosome, start, name = 'x']) => `${chromosome}\t${start}\t${start + 5}\t${name}\n`).join('');

describe('sorted', () => {
  it('makes of sorted parts what a stable sort makes of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(anyParts, async (parts) => {
        const byLine = await joinedText(
          { merge: 'sorted' },
          parts.map((lines) => textOf(lines.toSorted(bytewise))),
        );
        expect(byLine).toBe(textOf(parts.flat().toSorted(bytewise)));
        const sorted = parts.map((lines) => textOf(lines.toSorted(byKeys)));
        const byColumns = await joinedText({ merge: 'sorted', parameters: { keys } }, sorted);
        expect(byColumns).toBe(textOf(parts.flat().toSorted(byKeys)));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it('merges more parts than files may be open, and parts of lines longer than a chunk', async () => {
    const lines = Array.from({ length: 430 }, (_, index) => `${(index * 7919) % 431}\t${index}`);
    const many = { merge: 'sorted', parameters: { keys: [{ column: 1, kind: 'number' }] } };
    const expected = lines.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
    expect(
      await joinedText(
        many,
        lines.map((line) => `${line}\n`),
      ),
    ).toBe(textOf(expected));
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(300_000));
    expect(await joinedText({ merge: 'sorted' }, [`${a}\n${c}\n`, `${b}`])).toBe(`${a}\n${b}\n${c}\n`);
  }, 60_000);

  it('keeps the header, takes comments along with the line before, and sorts by coordinate', async () => {
    const choice = { merge: 'sorted', parameters: { format: 'bed' } };
    const head = 'track name=x\n#c\n';
    const one = `${head}${features(['chr1', 9, 'a'])}# of a\n#too\n${features(['chr2', 1, 'b'])}`;
    const two = `${head}${features(['chr1', 9, 'c'], ['chr1', 100, 'd'])}# of d`;
    expect(await joinedText(choice, [one, two])).toBe(
      `${head}${features(['chr1', 9, 'a'])}# of a\n#too\n${features(['chr1', 9, 'c'], ['chr1', 100, 'd'])}# of d\n` +
        features(['chr2', 1, 'b']),
    );
  });

  it('takes the order of sequences from a parameter, or from the header of SAM and VCF', async () => {
    const contigs = ['chr2', 'chr10', 'chr1'];
    const parts = [features(['chr2', 5], ['chr1', 1]), features(['chr2', 4], ['chr10', 7])];
    const choice = { merge: 'sorted', parameters: { format: 'bed', contigs } };
    expect(await joinedText(choice, parts)).toBe(
      features(['chr2', 4], ['chr2', 5], ['chr10', 7], ['chr1', 1]),
    );
    await expect(joined(choice, [features(['chrX', 4])])).rejects.toThrow(
      /0-result, line 1: part 1: found "chrX" in column 1, expected a sequence that the header/,
    );
    const head = '@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:b\tLN:9\n@SQ\tSN:a\tLN:9\n';
    const read = (contig: string, position: number, flag = 0) =>
      `r\t${flag}\t${contig}\t${position}\t0\t*\t*\t0\t0\tA\tI\n`;
    const reads = [
      head + read('b', 2, 16) + read('a', 1) + read('*', 0, 4),
      head + read('b', 1) + read('b', 2) + read('a', 3),
    ];
    expect(await joinedText({ merge: 'sam' }, reads)).toBe(
      head + read('b', 1) + read('b', 2) + read('b', 2, 16) + read('a', 1) + read('a', 3) + read('*', 0, 4),
    );
  });

  it('reads and writes compressed files', async () => {
    const parts = await Promise.all(['a\nc\n', 'b\n'].map((text) => compressed(text, 'gzip')));
    expect(gunzipSync(await joined({ merge: 'sorted' }, parts)).toString()).toBe('a\nb\nc\n');
  });

  it.each([
    ['is not sorted', 'a\n', 'b\na\n', {}, 'line 2: part 2: the line is lower'],
    [
      'has a text in the place of a number',
      '1\n',
      '1\nx\n',
      { keys: [{ column: 1, kind: 'number' }] },
      'line 2: part 2: found "x"',
    ],
    ['has no number', '1\n', '\n', { keys: [{ column: 1, kind: 'number' }] }, 'expected a number'],
    ['has too few columns', '1\t2\n', '1\n', { keys: [{ column: 2 }] }, 'has 1 columns, expected at least 2'],
    ['has another header', '#a\n1\n', '#b\n1\n', { format: 'tabular' }, 'expected the header of part 1'],
    ['is missing', 'a\n', undefined, {}, 'NOT_FOUND.*part 2'],
  ])('refuses a part that %s', async (_, one, two, parameters, text) => {
    await expect(joined({ merge: 'sorted', parameters }, [one, two])).rejects.toThrow(new RegExp(text));
  });

  it('names the part that was cut off, wherever that was', async () => {
    const content = Array.from({ length: 30_000 }, (_, index) => `${String(index).padStart(9, '0')}\n`).join(
      '',
    );
    for (const compression of ['gzip', 'bgzf', 'zstd'] as const) {
      const whole = await compressed(content, compression);
      const betweenBlocks = compression === 'bgzf' ? [whole.readUInt16LE(16) + 1, whole.length - 28] : [];
      for (const size of [...betweenBlocks, 1, 20, whole.length >> 1, whole.length - 1]) {
        const parts = [whole, whole.subarray(0, size)];
        await expect(joined({ merge: 'sorted' }, parts), `${compression} ${size}`).rejects.toThrow(/part 2/);
      }
    }
  }, 60_000);
});
