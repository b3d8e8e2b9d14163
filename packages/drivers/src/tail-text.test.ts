import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfTail } from './tail-text.ts';

describe('textOfTail', () => {
  it('begins with a whole character wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, place) => {
        const bytes = Buffer.from(text);
        const cut = place % bytes.length;
        const tail = textOfTail(bytes.subarray(cut), cut > 0);
        expect(text.endsWith(tail)).toBe(true);
        expect(bytes.length - cut - Buffer.byteLength(tail)).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('keeps odd bytes at the beginning of a file that is there as a whole', () => {
    expect(textOfTail(Buffer.from([0x80, 0x41]), false)).toBe('\ufffdA');
  });
});
