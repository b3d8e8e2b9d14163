import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, textOf, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { fastq } from './fastq.ts';

const wrap = (text: string, width: number): string[] =>
  Array.from({ length: Math.max(1, Math.ceil(text.length / width)) }, (_, index) =>
    text.slice(index * width, (index + 1) * width),
  );

/** Qualities are full of "@" and "+", and every record has its own width of lines. */
const record = fc
  .record({
    title: textOf('a1 @+/', 0, 6),
    bases: textOf('ACGTNacgt.-'),
    qualities: fc.string({
      unit: fc.constantFrom('@', '+', 'I', '!', '~', '>'),
      minLength: 12,
      maxLength: 12,
    }),
    sequenceWidth: fc.integer({ min: 1, max: 13 }),
    qualityWidth: fc.integer({ min: 1, max: 13 }),
    repeated: fc.boolean(),
  })
  .map(({ title, bases, qualities, sequenceWidth, qualityWidth, repeated }) => [
    `@${title}`,
    ...wrap(bases, sequenceWidth),
    repeated ? `+${title}` : '+',
    ...wrap(qualities.slice(0, bases.length), qualityWidth),
  ]);

const files: fc.Arbitrary<KnownFile> = fc
  .tuple(several(record), anyLineEnd, fc.boolean())
  .map(([records, end, closed]) => ({
    // The empty line of quality of an empty read needs its end, or the file ends with the separator.
    records: withLastEnd(
      records.map((lines) => lines.map((line) => line + end).join('')),
      closed,
    ),
  }));

describe('the records of FASTQ', () => {
  it('are found by the length of their quality, wrapped or not, however the bytes arrive', () =>
    expectAllFound(fastq, files));

  it('are all there, or the file is refused with the place, whatever damage it took', () =>
    expectNothingLost(fastq, files));

  it('may have qualities that look like a record', async () => {
    expect((await scan(fastq, '@a\nACGTA\n+\n@b\n+\nII\n@c\nA\n+\n@\n')).starts).toEqual([0, 19]);
  });

  it('may be empty', async () => {
    expect((await scan(fastq, '@a\n\n+\n\n@b\n+\n@c\nA\n+\nI')).starts).toEqual([0, 7, 12]);
  });

  it('may have white space at the end of their lines', async () => {
    for (const size of [1, 3, 1000]) {
      expect((await scan(fastq, '@a \nAC  \n+\t\nII\r\n@b\nAC\n+\nI+ \t\n', size)).starts).toEqual([0, 16]);
    }
  });

  it('may have qualities that are numbers', async () => {
    expect((await scan(fastq, '@a\nACG\n+\n40 -5 3 \n@b\nA\n+\n12\n')).starts).toEqual([0, 18]);
  });

  it('may be of colours, whose primer has no quality', async () => {
    expect((await scan(fastq, '@a\nT01.2\n+\nIIII\n@b\nT0123\n+\n!IIII\n')).starts).toEqual([0, 16]);
  });

  it('keep the blank lines that follow them', async () => {
    expect((await scan(fastq, '@a\nA\n+\nI\n\n\n@b\nC\n+\nI\n\n')).starts).toEqual([0, 11]);
  });
});

describe('what is not FASTQ', () => {
  it.each([
    [
      'a record without its quality',
      '@a\nACGT\n+\n@b\nAC\n+\nII\n',
      16,
      'found "+"; expected a FASTQ record',
    ],
    [
      'quality that is too long',
      '@a\nAC\n+\nIII\n',
      8,
      'found 3 characters of quality up to this line, expected 2',
    ],
    [
      'a file that ends within the quality',
      '@a\nA\n+\nI\n@b\nACG\n+\nII\n',
      9,
      '2 characters of quality for 3',
    ],
    ['a file that ends within the sequence', '@a\nACG\n', 0, 'no line that begins with "+"'],
    ['a title where sequence should be', '@a\n@b\n', 3, 'lines are missing'],
    ['FASTA', '>a\nACGT\n', 0, 'looks like FASTA'],
    ['text after a record', '@a\nA\n+\nI\nmore\n', 9, 'found "more"'],
  ])('is %s', async (_name, content, offset, words) => {
    for (const size of [1, 1000]) {
      const error = await refusal(fastq, content, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(words);
    }
  });
});
