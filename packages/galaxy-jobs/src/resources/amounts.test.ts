import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseDecimal, parseMebibytes, parseWalltime } from './amounts.ts';

describe('parseMebibytes', () => {
  it.each([
    ['8192', 8192],
    ['8G', 8192],
    ['8 GiB', 8192],
    ['1.5g', 1536],
    ['512MB', 512],
    ['512 m', 512],
    ['1T', 1024 ** 2],
    ['2048k', 2],
    ['1k', 1],
    ['0', 0],
    [' 7 ', 7],
  ])('reads %j as %d MiB', (text, expected) => {
    expect(parseMebibytes(text)).toBe(expected);
  });

  it.each(['', 'G', '-1', '8X', '8 B', '100b', '1,5G', '1e3', '0x10', '8GG', 'NaN', '8 G 2'])(
    'does not read %j',
    (text) => {
      expect(parseMebibytes(text)).toBeUndefined();
    },
  );
});

describe('parseWalltime', () => {
  it.each([
    ['90', 90],
    ['0.5', 0.5],
    ['00:01:30', 90],
    ['1:00:00', 3600],
    ['100:00:00', 360_000],
    ['2-03:00:01', 2 * 86_400 + 3 * 3600 + 1],
  ])('reads %j as %d seconds', (text, expected) => {
    expect(parseWalltime(text)).toBe(expected);
  });

  it.each(['', '1:30', '1:60:00', '0:00:60', '-1', '1d', '1-', '1-2', '::', '1:2:3', '1e2'])(
    'does not read %j',
    (text) => {
      expect(parseWalltime(text)).toBeUndefined();
    },
  );

  test('reads back every time that is written as days, hours, minutes and seconds', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (seconds) => {
        const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400];
        const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
        const text = `${days}-${two(rest / 3600)}:${two((rest % 3600) / 60)}:${two(rest % 60)}`;
        expect(parseWalltime(text)).toBe(seconds);
      }),
    );
  });
});

describe('parseDecimal', () => {
  test('reads back every number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseDecimal(String(value)) === value).toBe(true);
      }),
    );
  });

  it.each(['', ' ', '.', 'one', '0x1', '1_000', 'Infinity', 'NaN', '1e999', '1 2'])(
    'does not read %j',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );
});
