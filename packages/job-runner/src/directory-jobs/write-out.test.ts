import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeOut } from './write-out.ts';

describe('writeOut', () => {
  let top: string;
  beforeEach(async () => {
    top = await mkdtemp(path.join(tmpdir(), 'write-out-'));
  });
  afterEach(() => rm(top, { recursive: true, force: true }));

  const fill = async (name: string, files: number) => {
    await mkdir(path.join(top, name, 'working'), { recursive: true });
    for (let number = 0; number < files; number += 1) {
      await writeFile(path.join(top, name, 'working', `${number}`), 'content');
    }
    return path.join(top, name);
  };

  it('serves all who ask, alone or together, few files or many', async () => {
    const trees = await Promise.all([fill('a', 3), fill('b', 40), fill('c', 0)]);
    for (const tree of trees) expect(await writeOut(tree, ['working'])).toBeUndefined();
    const answers = Array.from({ length: 30 }, (_, number) => writeOut(trees[number % 3] ?? '', ['working']));
    expect(await Promise.allSettled(answers)).toEqual(
      answers.map(() => ({ status: 'fulfilled', value: undefined })),
    );
  });

  it('serves also where a tool has made what nobody can open', async () => {
    const tree = await fill('a', 3);
    const way = Array.from({ length: 15 }, () => 'd'.repeat(200)).join('/');
    for (const name of ['deep', 'deeper']) {
      await mkdir(path.join(tree, 'working', name, way), { recursive: true });
    }
    await rename(path.join(tree, 'working/deeper'), path.join(tree, 'working/deep', way, 'deeper'));
    await writeFile(path.join(tree, 'working/closed'), '', { mode: 0o000 });
    await mkdir(path.join(tree, 'working/shut'), { mode: 0o000 });
    expect(await writeOut(tree, ['working'])).toBeUndefined();
    execFileSync('rm', ['-rf', tree]);
  });

  it('tells whoever asked for something that is not there, and nobody else', async () => {
    const tree = await fill('a', 3);
    const results = await Promise.allSettled([
      writeOut(tree, ['working']),
      writeOut(path.join(top, 'nowhere'), ['working']),
      writeOut(tree, ['working']),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await writeOut(tree, ['working'])).toBeUndefined();
  });
});
