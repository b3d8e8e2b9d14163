import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Trash } from './trash.ts';

let root: string;
const troubles: string[] = [];
// Other work may keep the machine busy.
vi.setConfig({ testTimeout: 60_000 });
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'trash-'));
  troubles.length = 0;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const directory = () => path.join(root, '.trash');
const makeTrash = () =>
  new Trash({
    directory: directory(),
    clock: systemClock,
    onTrouble: (message) => void troubles.push(message),
    gatheringMilliseconds: 1_000,
  });

function makeTree(name: string): string {
  const tree = path.join(root, name);
  mkdirSync(path.join(tree, 'sub'), { recursive: true });
  writeFileSync(path.join(tree, 'sub', '-rf'), '');
  return tree;
}

test('trash is gone at once, and removed a little later', async () => {
  const trash = makeTrash();
  for (const name of ['a', 'b']) {
    const tree = makeTree(name);
    await trash.take(tree);
    expect(existsSync(tree)).toBe(false);
  }
  await trash.take(path.join(root, 'never there'));
  expect(readdirSync(directory())).toHaveLength(2);
  await vi.waitFor(() => expect(readdirSync(directory())).toEqual([]), 50_000);
  await trash.stop();
  expect(troubles).toEqual([]);
});

test('trash that was left is removed by the next one', async () => {
  const first = makeTrash();
  await first.take(makeTree('a'));
  await first.stop();
  expect(readdirSync(directory())).toHaveLength(1);
  const second = makeTrash();
  second.start();
  await vi.waitFor(() => expect(readdirSync(directory())).toEqual([]), 50_000);
  await second.stop();
});

test('trash takes another one of a name that it has not removed yet', async () => {
  const trash = makeTrash();
  for (let time = 0; time < 2; time++) await trash.take(makeTree('again'));
  expect(readdirSync(directory())).toHaveLength(2);
  await vi.waitFor(() => expect(readdirSync(directory())).toEqual([]), 50_000);
  await trash.stop();
  expect(troubles).toEqual([]);
});

test('trash takes names that look like options', async () => {
  const trash = makeTrash();
  await trash.take(makeTree('-rf'));
  await vi.waitFor(() => expect(readdirSync(directory())).toEqual([]), 50_000);
  await trash.stop();
  expect(troubles).toEqual([]);
});
