import { expect, test } from 'vitest';
import { z } from 'zod';
import { filePath } from './parameter-schemas.ts';
import { resolveFiles } from './resolve-files.ts';
import { strategyNamed } from './strategies.ts';

const schema = {
  parameters: z
    .strictObject({
      one: filePath().exactOptional(),
      list: z.array(filePath()).min(1).exactOptional(),
      other: z.string(),
    })
    .refine(() => true),
};
const resolve = (file: string): string => `/here/${file}`;

test('files are resolved, alone and in lists, and nothing else is', () => {
  expect(resolveFiles(schema, { one: 'a', list: ['b', 3], other: 'c', unknown: 'd' }, resolve)).toEqual({
    ...{ one: '/here/a', list: ['/here/b', 3], other: 'c', unknown: 'd' },
  });
  expect(resolveFiles(schema, { one: 1, list: 'x' }, resolve)).toEqual({ one: 1, list: 'x' });
});

test('those of regions are known', () => {
  expect(
    resolveFiles(strategyNamed('regions'), { targets: 'x.bed', indexes: ['y.bai'], by: 'contig' }, resolve),
  ).toEqual({ targets: '/here/x.bed', indexes: ['/here/y.bai'], by: 'contig' });
});
