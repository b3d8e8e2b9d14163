import { describe, expect, it } from 'vitest';
import { countOf, mebibytesOf, secondsOf } from './sizes.ts';

describe('sizes of PBS', () => {
  it.each([
    ['24684092kb', 24_684_092 / 1024],
    ['2TB', 2 ** 21],
    ['1048576', 1],
    ['1048576b', 1],
    ['1mw', 8],
    ['1.5gb', 1536],
  ])('are in mebibytes: %s', (text, size) => expect(mebibytesOf(text)).toBe(size));

  it.each([
    ['90', 90],
    ['01:30', 90],
    ['720:00:00', 2_592_000],
    ['1:00:00:01', 86_401],
    ['10.5', 10],
  ])('are in seconds: %s', (text, seconds) => expect(secondsOf(text)).toBe(seconds));

  it('are not known where they are something else', () => {
    for (const text of [undefined, '', 'unlimited', '-1', '1kbb', '1:', ':1', '1:2:3:4:5', 'x1', '1 2'])
      expect([mebibytesOf(text), secondsOf(text), countOf(text)]).toEqual([undefined, undefined, undefined]);
  });
});
