import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withExclusiveFile } from './exclusive-file.ts';
import { changeWanted, readWanted } from './wanted.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wanted-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const more = () =>
  changeWanted(directory, (before, at) => {
    const min = (before?.pools.small?.min ?? 0) + 1;
    return { state: 'up', pools: { small: { min, max: 100 } }, at };
  });

describe('what is wanted', () => {
  it('is changed by one program after the other, each time at another time', async () => {
    const changed = await Promise.all(Array.from({ length: 12 }, more));
    expect((await readWanted(directory))?.pools.small?.min).toBe(12);
    expect(new Set(changed.map((wanted) => wanted?.at)).size).toBe(12);
    expect(await readdir(directory)).toEqual(['wanted.json']);
  });

  it('stays as it is where a change is refused, or is none', async () => {
    await more();
    const refuse = () => {
      throw new Error('it goes down');
    };
    await expect(changeWanted(directory, refuse)).rejects.toThrow('it goes down');
    expect(await changeWanted(directory, () => undefined)).toEqual(await readWanted(directory));
    expect(await readdir(directory)).toEqual(['wanted.json']);
  });

  it('cannot be said of a cluster that is gone', async () => {
    await rm(directory, { recursive: true });
    await expect(more()).rejects.toMatchObject({ code: 'UNKNOWN_CLUSTER' });
  });
});

describe('an exclusive file', () => {
  const file = () => join(directory, 'file');

  it('that a program has left which was killed is in nobody’s way for long, whatever its time', async () => {
    await writeFile(file(), 'somebody');
    await utimes(file(), 4e9, 4e9);
    expect(await withExclusiveFile(file(), async (isOurs) => isOurs(), 100)).toBe(true);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is not removed by one that was taken for dead', async () => {
    await withExclusiveFile(file(), () => writeFile(file(), 'somebody else'));
    expect(await readdir(directory)).toEqual(['file']);
  });
});
