import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSplit } from '../strategies.ts';
import { planContext } from '../testing/plan-context.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'scatter-'));
  for (const [name, content] of [
    ['a.fastq', 'xx'],
    ['b c.fastq', ''],
  ] as const) {
    await writeFile(path.join(directory, name), content);
  }
});
afterAll(() => rm(directory, { recursive: true }));

const partsOf = (paths: readonly [string, ...string[]], parameters: object = {}) =>
  Array.fromAsync(planSplit({ strategy: 'scatter', parameters }, [{ name: 'reads', paths }], planContext()));

const expected = () => [
  {
    index: 0,
    slices: [{ input: 'reads', pieces: [{ kind: 'file', path: path.join(directory, 'a.fastq') }] }],
    values: { element: 'a', number: '1' },
    label: 'a',
    records: 0,
    cost: 2,
  },
  {
    index: 1,
    slices: [{ input: 'reads', pieces: [{ kind: 'file', path: path.join(directory, 'b c.fastq') }] }],
    values: { element: 'b c', number: '2' },
    label: 'b c',
    records: 0,
    cost: 0,
  },
];

describe('the strategy scatter', () => {
  it('makes a part of each file of a collection', async () => {
    const files = [path.join(directory, 'a.fastq'), path.join(directory, 'b c.fastq')] as const;
    expect(await partsOf(files)).toEqual(expected());
  });

  it('makes a part of each file of a list', async () => {
    const list = path.join(directory, 'list');
    await writeFile(list, `${directory}/a.fastq\r\n\n${directory}/b c.fastq`);
    expect(await partsOf([list], { list: true })).toEqual(expected());
  });

  it('says which line of a list is wrong, and which file is missing', async () => {
    const list = path.join(directory, 'faulty');
    await writeFile(list, `${directory}/a.fastq\nb.fastq\n`);
    await expect(partsOf([list], { list: true })).rejects.toThrow(
      `[INVALID_TABLE] ${list}, line 2: expected an absolute path, found "b.fastq"`,
    );
    await writeFile(list, '\n');
    await expect(partsOf([list], { list: true })).rejects.toThrow('expected at least one path');
    await expect(partsOf([path.join(directory, 'absent')])).rejects.toThrow('absent: is to be worked on');
  });
});
