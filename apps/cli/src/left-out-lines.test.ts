import { expect, test } from 'vitest';
import { leftOutLines } from './left-out-lines.ts';

test('names the first parts that are left out, and counts the others', () => {
  const parts = Array.from({ length: 12 }, (_, index) => ({
    index,
    ...(index === 0 && { label: 'chr1' }),
    message: `ended with exit code 9: \u001b[2J${'x'.repeat(400)}`,
  }));
  const lines = leftOutLines({ total: 20, parts });
  expect(lines[0]).toBe('left out: 20 parts that failed');
  expect(lines[1]).toMatch(/^ {2}part 1, chr1: ended with exit code 9: \?\[2Jx+ …$/);
  expect(lines).toHaveLength(12);
  expect(lines.at(-1)).toBe('  … and 10 more');
  expect(leftOutLines(undefined)).toEqual([]);
});
