import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressed, decompressed, joined, joinedText } from '../testing/join-files.ts';

const choice = { merge: 'lines' };

describe('lines', () => {
  it('gives all lines of all parts, whatever their compression, and however the last line of a part ends', async () => {
    const anyText = fc.array(fc.constantFrom('', '>a', 'ACGT'), { maxLength: 5 });
    const anyPart = fc.record({ texts: anyText, isEnded: fc.boolean() });
    const anyCompression = fc.constantFrom(
      'none' as const,
      'gzip' as const,
      'bgzf' as const,
      'zstd' as const,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyPart, { maxLength: 6 }), anyCompression, async (parts, compression) => {
        const contents = parts.map(({ texts, isEnded }) => texts.join('\n') + (isEnded ? '\n' : ''));
        const files = await Promise.all(contents.map((content) => compressed(content, compression)));
        const result = await joined(choice, files);
        const filled = contents.filter((content) => content !== '');
        const expected = filled.map((content, index) =>
          content.endsWith('\n') || index === filled.length - 1 ? content : `${content}\n`,
        );
        expect(parts.length === 0 ? result.toString() : await decompressed(result)).toBe(expected.join(''));
      }),
      { numRuns: 60 },
    );
  });

  it('ends lines as the first one ends', async () => {
    expect(await joinedText(choice, ['a\r\nb', 'c\r\n'])).toBe('a\r\nb\r\nc\r\n');
  });

  it('copies compressed parts as they are', async () => {
    for (const compression of ['gzip', 'bgzf', 'zstd'] as const) {
      const one = await compressed('a\n', compression);
      const two = await compressed('b', compression);
      const marker = compression === 'bgzf' ? 28 : 0;
      const result = await joined(choice, [one, two]);
      expect(result).toEqual(Buffer.concat([one.subarray(0, one.length - marker), two]));
    }
  });

  it('joins what it does not decompress as it is', async () => {
    const part = Buffer.from('BZh91AY&SY of which no more is read');
    expect(await joined(choice, [part, part])).toEqual(Buffer.concat([part, part]));
  });

  it('names the part that is cut off, compressed in another way, or missing', async () => {
    const good = await compressed('a\n'.repeat(1000), 'gzip');
    const bgzf = await compressed('a\n', 'bgzf');
    await expect(joined(choice, [good, good.subarray(0, -9)])).rejects.toThrow(/part 2: /);
    await expect(joined(choice, [bgzf, bgzf.subarray(0, -28)])).rejects.toThrow(/part 2: /);
    await expect(joined(choice, [good, 'a\n'])).rejects.toThrow(/part 1 \(gzip\), found none/);
    await expect(joined(choice, ['a\n', undefined])).rejects.toThrow(/NOT_FOUND.*part 2/);
  });
});
