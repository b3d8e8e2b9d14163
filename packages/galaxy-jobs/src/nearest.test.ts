import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test('a slip of the pen finds its word', () => {
  expect(nearest('inptu', ['output', 'input', 'x'])).toBe('input');
  expect(nearest('MOTIF', ['motif'])).toBe('motif');
});

test('nothing is suggested for a word like none of them', () => {
  expect(nearest('banana', ['input', 'output'])).toBeUndefined();
});
