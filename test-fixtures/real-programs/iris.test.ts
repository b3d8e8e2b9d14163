import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

it('has the flowers of the README: fifty of each of three species', () => {
  const table = read('iris.csv');
  expect(read('README.md')).toContain(createHash('sha256').update(table).digest('hex'));
  const species = table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',').at(-1)));
  expect(species).toEqual(Array.from({ length: 150 }, (_, index) => Math.floor(index / 50)));
});
