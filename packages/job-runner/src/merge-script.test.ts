import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attemptPath } from './job-directory.ts';
import { mergedFile, prepareMerge } from './merge-script.ts';
import { unseenStatus } from './task-script.ts';

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'merge-script-'));
  directory = path.join(root, "o'hara's job");
  mkdirSync(directory);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const attemptId = 'job-1-merge-result-1';
const run = (command: string) =>
  spawnSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    cwd: root,
    env: { PATH: process.env.PATH, GALAXY_MESOS_ATTEMPT_ID: attemptId },
  });

const part = (name: string, content: string): string => {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
};

test('joins parts in order, whatever their paths are, in the directory of the attempt', () => {
  const parts = [part('b  c', 'one\n'), part("a'\nx", 'two'), part('-n', 'three\n')];
  const command = prepareMerge(directory, { output: 'result', merge: { merge: 'concat' }, parts });
  expect(run(command)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(readFileSync(attemptPath(directory, attemptId, mergedFile), 'utf8')).toBe('one\ntwothree\n');
});

test('fails if a part is missing', () => {
  const parts = [part('a', 'one\n'), path.join(directory, 'missing')];
  const command = prepareMerge(directory, { output: 'result', merge: { merge: 'concat' }, parts });
  const { status, stderr } = run(command);
  expect(status).not.toBe(0);
  expect(stderr).toContain('missing');
});

test('joins more parts than fit on a command line', () => {
  const long = 'x'.repeat(200);
  const parts = Array.from({ length: 20_000 }, (_, index) => path.join(directory, long, `${index % 10}`));
  mkdirSync(path.join(directory, long));
  for (let index = 0; index < 10; index++) part(`${long}/${index}`, `${index}`);
  const command = prepareMerge(directory, { output: 'result', merge: { merge: 'concat' }, parts });
  expect(run(command).status).toBe(0);
  const merged = readFileSync(attemptPath(directory, attemptId, mergedFile), 'utf8');
  expect(merged).toBe('0123456789'.repeat(2000));
});

test('takes an output name that no file name could be', () => {
  const output = 'a/b\\c';
  const command = prepareMerge(directory, {
    output,
    merge: { merge: 'concat' },
    parts: [part('a', 'one\n')],
  });
  expect(run(command).status).toBe(0);
});

test('tells where its directory is not seen', () => {
  const command = prepareMerge(directory, { output: 'result', merge: { merge: 'concat' }, parts: [] });
  rmSync(directory, { recursive: true });
  expect(run(command).status).toBe(unseenStatus);
});
