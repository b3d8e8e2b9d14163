import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partPath } from '../layout.ts';
import { dropParts, isPartKept, keepPart } from './keep-part.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'keep-part-'));
});
afterEach(() => rm(directory, { recursive: true }));

const input = { name: 'fastq', path: '/d/a.fq', partName: 'inputs/a', size: 9, modifiedAt: 0 };
const chosen = { inputs: [input], split: { alternatives: [] }, indexes: [] };
const part = (offset: number, values = {}) => ({
  index: 7,
  slices: [{ input: 'fastq', pieces: [{ kind: 'range' as const, path: '/d/a.fq', offset, length: 4 }] }],
  values,
});
const text = () => readFile(partPath(directory, '000007'), 'utf8');

describe('a part of a job with a directory', () => {
  it('may be planned again as it was, also where its task is known', async () => {
    expect(keepPart(directory, chosen, part(4), false)).toBe('000007');
    const before = await text();
    keepPart(directory, chosen, part(4), true);
    expect(await text()).toBe(before);
  });

  it.each([
    ['borders', part(5)],
    ['values', part(4, { k: '1' })],
  ])('is not planned again with other %s where attempts at it may have ended', async (_, other) => {
    keepPart(directory, chosen, part(4), false);
    const before = await text();
    expect(() => keepPart(directory, chosen, other, true)).toThrow(
      expect.objectContaining({ code: 'PLAN_CHANGED', message: expect.stringContaining('000007') }),
    );
    expect(await text()).toBe(before);
  });

  it('may become another one as long as nobody has heard of it', async () => {
    keepPart(directory, chosen, part(4), false);
    const before = await text();
    keepPart(directory, chosen, part(5), false);
    expect(await text()).not.toBe(before);
  });

  it('is gone with the plan that it belongs to', async () => {
    keepPart(directory, chosen, part(4), false);
    dropParts(directory);
    expect(isPartKept(directory, '000007')).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });
});
