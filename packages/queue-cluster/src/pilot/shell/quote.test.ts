import { describe, expect, it } from 'vitest';
import { commentText, quoteWord } from './quote.ts';

describe('words of shell', () => {
  it('refuse the one character that no program can be told', () => {
    expect(() => quoteWord('a\0b')).toThrow(/NUL/);
  });

  it('in comments stay on their line', () => {
    expect(commentText('a\nrm -rf b\r\u2028')).toBe('a?rm -rf b??');
  });
});
