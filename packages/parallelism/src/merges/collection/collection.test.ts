import { link, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JoinPart } from '../merge.ts';
import { readyMerge } from '../merges.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'merge-collection-'));
});
afterEach(() => rm(directory, { recursive: true }));

const run = (merge: string, parts: readonly JoinPart[], parameters = {}): Promise<void> => {
  const ready = readyMerge({ merge, parameters });
  if (ready.kind !== 'here') throw new Error('is done here');
  return ready.join({ parts, destination: join(directory, 'merged') });
};

const part = async (name: string, content: string, more: Partial<JoinPart> = {}): Promise<JoinPart> => {
  await mkdir(join(directory, 'parts'), { recursive: true });
  const path = join(directory, 'parts', name);
  await writeFile(path, content, 'latin1');
  return { path, ...more };
};

const read = (...names: readonly string[]): Promise<string> => readFile(join(directory, ...names), 'latin1');

describe('collection', () => {
  it('keeps every part under its number and label, with a table of what it is', async () => {
    const parts = [
      await part('a.vcf.gz', 'one', { label: 'chr1:1-100', values: { seed: '7', name: 'a\tb' } }),
      await part('b.vcf.gz', 'two!', { label: '../x', values: { name: 'c', seed: '8' } }),
    ];
    await run('collection', parts);
    expect(await readdir(join(directory, 'merged'))).toEqual([
      '1_chr1_1-100.vcf.gz',
      '2_.._x.vcf.gz',
      'collection.tsv',
    ]);
    expect(await read('merged', '2_.._x.vcf.gz')).toBe('two!');
    expect(await read('merged', 'collection.tsv')).toBe(
      '#element\tfile\tbytes\tseed\tname\nchr1:1-100\t1_chr1_1-100.vcf.gz\t3\t7\ta b\n../x\t2_.._x.vcf.gz\t4\t8\tc\n',
    );
  });

  it('holds files of its own where a part has a link to another file, or another name of it', async () => {
    const input = await part('input', 'as it was');
    const places = ['symbolic', 'hard', 'own'].map((name) => join(directory, 'parts', name));
    const [symbolic = '', hard = '', own = ''] = places;
    await symlink(input.path, symbolic);
    await link(input.path, hard);
    await writeFile(own, 'mine');
    await run(
      'collection',
      places.map((path) => ({ path })),
    );
    await writeFile(input.path, 'changed');
    await rm(symbolic);
    expect(await read('merged', '1')).toBe('as it was');
    expect(await read('merged', '2')).toBe('as it was');
    expect((await lstat(join(directory, 'merged', '3'))).ino).toBe((await lstat(own)).ino);
  });

  it('leaves nothing behind if a part is missing, no file, or has other values', async () => {
    const good = await part('a', '', { values: { x: '1' } });
    const values = { values: { x: '1' } };
    await expect(run('collection', [good, { path: join(directory, 'no'), ...values }])).rejects.toThrow(
      /part 2/,
    );
    await expect(run('collection', [good, { path: directory, ...values }])).rejects.toThrow(
      /NOT_A_FILE.*part 2/,
    );
    await expect(run('collection', [good, { path: good.path }])).rejects.toThrow(
      /PARTS_DISAGREE.*part 2.*expected x/,
    );
    expect(await readdir(directory)).toEqual(['parts']);
  });
});

describe('table', () => {
  it('puts the values of each part before its lines, and their names into the header', async () => {
    const parts = [
      await part('a', '##x\n#gene\tn\nA\t1\nB\t2', { values: { k: '3', mode: 'fast' } }),
      await part('b', '##x\n#gene\tn\n', { values: { k: '4', mode: 'fast' } }),
      await part('c', '##x\n#gene\tn\nA\t5\n', { values: { k: '5', mode: 'slow\t' } }),
    ];
    await run('table', parts);
    expect(await read('merged')).toBe(
      '##x\n#k\tmode\tgene\tn\n3\tfast\tA\t1\n3\tfast\tB\t2\n5\tslow \tA\t5\n',
    );
  });

  it('keeps records of CSV whole, and quotes values', async () => {
    const parts = [
      await part('a', 'a,b\r\n"x\ny",1\r\n2,3', { values: { 'p,q': '1,5' } }),
      await part('b', 'a,b\r\n4,5\r\n', { values: { 'p,q': 'say "x"' } }),
    ];
    await run('table', parts, { format: 'csv' });
    expect(await read('merged')).toBe('"p,q",a,b\n"1,5","x\ny",1\r\n"1,5",2,3\n"say ""x""",4,5\r\n');
  });

  it('names parts without values by their label or number', async () => {
    await run('table', [await part('a', '1\n', { label: 'x' }), await part('b', '2\n')], { format: 'text' });
    expect(await read('merged')).toBe('x\t1\n2\t2\n');
  });

  it('refuses a part with another header', async () => {
    const parts = [await part('a', '#a\n1\n'), await part('b', '#b\n1\n')];
    await expect(run('table', parts)).rejects.toThrow(/part 2: expected the header of part 1/);
  });
});

describe('first and none', () => {
  it('take one part, or none', async () => {
    const parts = [await part('a', 'one'), await part('b', 'two')];
    await run('first', parts);
    expect(await read('merged')).toBe('one');
    await rm(join(directory, 'merged'));
    await run('first', parts, { part: 2 });
    expect(await read('merged')).toBe('two');
    await rm(join(directory, 'merged'));
    await run('none', parts);
    expect(await read('merged')).toBe('');
  });

  it('say so if there is no such part', async () => {
    const one = await part('a', 'one');
    await expect(run('first', [one], { part: 2 })).rejects.toThrow(
      '[NO_PARTS] merge first: there is no part 2; there are 1',
    );
    await expect(run('first', [{ path: join(directory, 'no') }])).rejects.toThrow(/NOT_FOUND.*part 1/);
  });
});
