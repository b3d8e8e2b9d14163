import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newText } from './new-text.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 });

describe('what was added to a text', () => {
  it('is all that follows, while the whole text is seen', () => {
    fc.assert(
      fc.property(letters, letters, (before, added) => {
        expect(newText(before, before + added)).toEqual({ text: added, isContinued: true });
      }),
    );
  });

  it('is the shortest addition that leads to what is seen, when only the end is', () => {
    fc.assert(
      fc.property(letters, letters, fc.integer({ min: 1, max: 20 }), (before, added, window) => {
        const seen = before.slice(-window);
        const now = (before + added).slice(-window);
        const { text, isContinued } = newText(seen, now);
        if (!isContinued) {
          expect(text).toBe(now);
          return;
        }
        expect((seen + text).slice(-now.length)).toBe(now);
        expect(text.length).toBeLessThanOrEqual(added.length);
      }),
    );
  });

  it('is exact where no line is like another', () => {
    const lines = (first: number, last: number) =>
      Array.from({ length: last - first }, (_, index) => `line ${first + index}\n`).join('');
    expect(newText(lines(0, 90).slice(-500), lines(0, 100).slice(-500))).toEqual({
      ...{ text: lines(90, 100), isContinued: true },
    });
  });

  it('is everything, if the two have nothing in common', () => {
    expect(newText('one\n', 'two')).toEqual({ text: 'two', isContinued: false });
    expect(newText('one\n', '')).toEqual({ text: '', isContinued: false });
    expect(newText('', 'one')).toEqual({ text: 'one', isContinued: true });
  });

  it('is found in time that grows with the text, whatever stands in it', () => {
    const before = `${'a'.repeat(500_000)}b`;
    expect(newText(before, 'a'.repeat(500_001))).toEqual({ text: 'a'.repeat(500_001), isContinued: false });
    expect(newText('a'.repeat(500_001), `${'a'.repeat(500_000)}b`)).toEqual({ text: 'b', isContinued: true });
  });
});
