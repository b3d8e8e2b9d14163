import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInteger, parseNumber, pythonFloat } from './numbers.ts';

test('a float is written as Python writes it', () => {
  const written = [5, 0.1, -2.5, 0.0001, 0.00001, 1e15, 1e16, 1.5e-7, 989401617916480.2, 0, -0].map(
    pythonFloat,
  );
  expect(written).toEqual([
    '5.0',
    '0.1',
    '-2.5',
    '0.0001',
    '1e-05',
    '1000000000000000.0',
    '1e+16',
    '1.5e-07',
    '989401617916480.2',
    '0.0',
    '-0.0',
  ]);
});

test('a float that was written reads back the same', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseNumber(pythonFloat(value))).toBe(value);
    }),
  );
});

test('only whole numbers that can be held exactly are integers', () => {
  expect(['7', '+7', '-7', ' 007 ', '-0'].map(parseInteger)).toEqual([7, 7, -7, 7, 0]);
  const others = ['', '7.0', '1e3', '0x10', '9007199254740993', 'seven', '1_000'];
  expect(others.map(parseInteger)).toEqual(others.map(() => undefined));
});

test('infinity and other words are no numbers', () => {
  expect(['inf', 'nan', '1e999', '.', '', '0x1'].map(parseNumber)).toEqual(Array(6).fill(undefined));
});
