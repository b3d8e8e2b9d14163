import { endOfFileMarker } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressed, decompressed, joined } from '../testing/join-files.ts';

describe('bgzf', () => {
  it('joins what the parts hold, and ends with one marker', async () => {
    const anyTexts = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(anyTexts, async (texts) => {
        const parts = await Promise.all(texts.map((text) => compressed(text, 'bgzf')));
        const result = await joined({ merge: 'bgzf' }, parts);
        expect(await decompressed(result)).toBe(texts.join(''));
        expect(result.indexOf(endOfFileMarker)).toBe(result.length - endOfFileMarker.length);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('refuses a part that was cut off, or is compressed otherwise, and names it', async () => {
    const whole = await compressed('some text', 'bgzf');
    for (const part of [whole.subarray(0, -5), await compressed('some text', 'gzip'), '']) {
      await expect(joined({ merge: 'bgzf' }, [whole, part])).rejects.toThrow(
        /MALFORMED.*part 2: .*end-of-file marker/,
      );
    }
  });
});
