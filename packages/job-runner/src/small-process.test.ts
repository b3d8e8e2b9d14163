import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SmallProcess } from './small-process.ts';

vi.setConfig({ testTimeout: 60_000 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'small-process-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('says what each command ended with, in whatever number they are given', async () => {
  const small = new SmallProcess();
  expect(await small.run('true')).toBe(0);
  const ends = [3, 0, 250].map((status) => small.run('sh', '-c', `echo said; exit ${status}`));
  expect(await Promise.all(ends)).toEqual([3, 0, 250]);
  expect(await small.run('no such program')).toBe(127);
});

test('gives a command its words as they are', async () => {
  const small = new SmallProcess();
  const word = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
  const file = path.join(root, 'words');
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
      const wellFormed = words.map((text) => text.toWellFormed());
      expect(await small.run('sh', '-c', 'printf "%s\\n" "$@" x >"$0"', file, ...wellFormed)).toBe(0);
      expect(await readFile(file, 'utf8')).toBe([...wellFormed, 'x', ''].join('\n'));
    }),
    { numRuns: 50 },
  );
});

test('fails what it was asked for if its shell is killed, and goes on with another', async () => {
  const small = new SmallProcess();
  const killed = small.run('sh', '-c', 'kill -9 $PPID');
  const next = small.run('true');
  await expect(killed).rejects.toThrow('SIGKILL');
  await expect(next).rejects.toThrow('SIGKILL');
  expect(await small.run('true')).toBe(0);
});

test('is waited for while it does something, and then lets its process end', async () => {
  const module = JSON.stringify(new URL('small-process.ts', import.meta.url).href);
  const file = path.join(root, 'done');
  const program = `const { SmallProcess } = await import(${module});
    const small = new SmallProcess();
    await small.run('true');
    small.run('sh', '-c', 'sleep 0.2; touch "$0"', ${JSON.stringify(file)});`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(await readdir(root)).toEqual(['done']);
});
