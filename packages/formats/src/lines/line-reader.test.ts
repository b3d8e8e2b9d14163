import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from './line.ts';
import { LineReader } from './line-reader.ts';

interface Seen {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  readonly trimmed: number;
  readonly last: number;
}

const read = (text: string, chunkSize: number, kept?: number, wanted?: string): Seen[] => {
  const seen: Seen[] = [];
  const reader = new LineReader((line) => {
    seen.push({
      text: textOf(line),
      offset: line.offset,
      length: line.length,
      trimmed: line.trimmed,
      last: line.last,
    });
    if (wanted !== undefined) reader.passTo(Buffer.from(wanted));
  }, kept);
  if (wanted !== undefined) reader.passTo(Buffer.from(wanted));
  const bytes = Buffer.from(text, 'latin1');
  for (let from = 0; from < bytes.length; from += chunkSize)
    reader.push(bytes.subarray(from, from + chunkSize));
  expect(reader.end()).toBe(text.length);
  return seen;
};

/** The lines as the simplest way has them. */
const linesOf = (text: string): Seen[] => {
  let offset = 0;
  const lines = text.split('\n').map((line) => {
    const content = line.replace(/\r$/, '');
    const visible = content.trimEnd();
    const seen = {
      text: content,
      offset,
      length: content.length,
      trimmed: visible.length,
      last: visible === '' ? -1 : visible.charCodeAt(visible.length - 1),
    };
    offset += line.length + 1;
    return seen;
  });
  return text === '' || text.endsWith('\n') ? lines.slice(0, -1) : lines;
};

const anyText = fc.string({ unit: fc.constantFrom('a', '/', ' ', '\n', '\r', '\xff'), maxLength: 60 });
const anySize = fc.integer({ min: 1, max: 20 });

describe('LineReader', () => {
  it('shows every line with its place, however the bytes arrive', () => {
    fc.assert(
      fc.property(anyText, anySize, (text, size) => {
        expect(read(text, size)).toEqual(linesOf(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps of a line in several chunks only the beginning, and still knows its length and its last byte', () => {
    fc.assert(
      fc.property(anyText, anySize, (text, size) => {
        const seen = read(text, size, 3);
        const lines = linesOf(text);
        expect(seen.map(({ text: _, ...rest }) => rest)).toEqual(lines.map(({ text: _, ...rest }) => rest));
        for (const [index, line] of lines.entries()) {
          expect([line.text, line.text.slice(0, 3)]).toContain(seen[index]?.text);
        }
      }),
    );
  });

  it('passes to the next line that begins with what is wanted', () => {
    fc.assert(
      fc.property(anyText, anySize, (text, size) => {
        const wanted = linesOf(text).filter((line) => line.text.startsWith('//'));
        expect(read(text, size, undefined, '//')).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });
});
