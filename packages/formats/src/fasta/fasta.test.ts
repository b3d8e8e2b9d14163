import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../format-error.ts';
import { scanRecords } from '../record-scan.ts';
import type { ByteSource } from '../source.ts';
import { fasta } from './fasta.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const startsIn = async (source: ByteSource): Promise<number[]> =>
  (await Array.fromAsync(scanRecords(fasta, source).starts)).flat();

const starts = (text: string, chunkSize = 7): Promise<number[]> =>
  startsIn(inChunks(Buffer.from(text, 'latin1'), chunkSize));

const refusal = async (content: string | Uint8Array, chunkSize = 7): Promise<FormatError> => {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const error = await startsIn(inChunks(bytes, chunkSize)).then(
    (found) => new Error(`accepted: ${found}`),
    (reason: unknown) => reason,
  );
  if (error instanceof FormatError) return error;
  throw error;
};

/** What the scanner is to find, told in the simplest way: the lines that begin with ">". */
const expectedStarts = (text: string): number[] => {
  const found: number[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('>')) found.push(offset);
    offset += line.length + 1;
  }
  return found;
};

const anyLine = fc.oneof(
  fc.string({ unit: fc.constantFrom('A', 'c', '>', ' ', '*', '-', '\xff', '\xc3', '\t'), maxLength: 12 }),
  fc.constant(''),
  fc.constant('>'),
);

const anyFasta = fc
  .tuple(
    fc.array(fc.constantFrom('', ' ', '\t'), { maxLength: 3 }),
    fc.array(anyLine, { maxLength: 25, size: 'max' }),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([blanks, lines, end, closed]) => [...blanks, '>first', ...lines].join(end) + (closed ? end : ''));

describe('the records of FASTA', () => {
  it('begin at every ">" that starts a line, however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(anyFasta, fc.integer({ min: 1, max: 40 }), async (text, chunkSize) => {
        expect(await starts(text, chunkSize)).toEqual(expectedStarts(text));
      }),
      { numRuns: 500 },
    );
  });

  it('are found in the whole stream when a chunk ends between a line feed and ">"', async () => {
    expect(await starts('>a\nAC\n>b\nGT\n', 6)).toEqual([0, 6]);
  });

  it('are not begun by ">" inside a line', async () => {
    expect(await starts('>a >b >c\nAC>GT\n>d\n')).toEqual([0, 15]);
  });

  it('may have no sequence', async () => {
    expect(await starts('>a\n>b\n>')).toEqual([0, 3, 6]);
  });

  it('are none in an empty file, nor in one of blank lines', async () => {
    expect(await starts('')).toEqual([]);
    expect(await starts(' \n\r\n\t\n')).toEqual([]);
  });
});

describe('what is not FASTA', () => {
  it('is refused with line, finding and expectation', async () => {
    const error = await refusal('\n\r\nACGT\r\n>late\n');
    expect(error).toMatchObject({ code: 'MALFORMED', line: 3, offset: 3 });
    expect(error.message).toBe(
      '[MALFORMED] line 3: found "ACGT"; expected a FASTA record, which begins with ">" at the start of a line',
    );
  });

  it('is shown only in part when the line is long', async () => {
    const error = await refusal('A'.repeat(1000));
    expect(error.message).toContain(`found "${'A'.repeat(30)}"`);
  });

  it('is told to be FASTQ when it begins with "@"', async () => {
    const error = await refusal('@read1\nACGT\n+\nIIII\n');
    expect(error.message).toContain('found "@read1"');
    expect(error.message).toContain('looks like FASTQ');
  });

  it('is white space in front of ">"', async () => {
    expect((await refusal('\n >a\nACGT\n')).message).toContain('line 2: found white space before ">"');
  });

  it.each([
    ['gzip', [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], 'is gzip-compressed: decompress it first with `gzip -dk'],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31], 'is bzip2-compressed'],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 0x04], 'is zstd-compressed'],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'is xz-compressed'],
    ['zip', [0x50, 0x4b, 3, 4, 20, 0], 'is a zip archive'],
    ['UTF-8 with a byte order mark', [0xef, 0xbb, 0xbf, 0x3e, 0x61, 0x0a], 'byte order mark'],
    ['UTF-16', [0xff, 0xfe, 0x3e, 0, 0x61, 0], 'is UTF-16 text'],
  ])('is recognised as %s by its first bytes, and what to do is said', async (_name, bytes, text) => {
    for (const chunkSize of [1, 100]) {
      const error = await refusal(Uint8Array.from(bytes), chunkSize);
      expect(error.code).toBe('MALFORMED');
      expect(error.message).toContain(text);
    }
  });

  it('is a file with a NUL byte anywhere', async () => {
    for (const chunkSize of [1, 4, 100]) {
      const error = await refusal('>a\nAC\n>b\nA\0C\n', chunkSize);
      expect(error).toMatchObject({ code: 'MALFORMED', offset: 10 });
      expect(error.message).toContain('not a text file');
    }
  });

  it('is a file in which only carriage returns end lines', async () => {
    for (const chunkSize of [1, 5, 6, 100]) {
      const error = await refusal('>a>\rACGT\r>b\rACGT\r', chunkSize);
      expect(error).toMatchObject({ code: 'MALFORMED', offset: 9 });
      expect(error.message).toContain("tr '\\r' '\\n'");
    }
  });
});
