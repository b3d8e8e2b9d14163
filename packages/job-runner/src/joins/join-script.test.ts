import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attemptPath } from '../job-directory.ts';
import { unseenStatus } from '../task-script.ts';
import { aJob, anOutput } from '../testing/a-job.ts';
import { type JoinByTask, prepareJoin, resourcesOfJoin, resultName } from './join-script.ts';

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'join-script-'));
  directory = path.join(root, "o'hara's job");
  mkdirSync(directory);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const attemptId = 'job-1-merge-result-n0-1';
const run = (command: string) =>
  spawnSync('/bin/sh', ['-c', command], {
    encoding: 'utf8',
    cwd: root,
    env: { PATH: process.env.PATH, GALAXY_MESOS_ATTEMPT_ID: attemptId },
  });

const result = resultName(anOutput());
const joined = (parts: readonly string[], more: Partial<JoinByTask> = {}): string => {
  const merge = { kind: 'command', command: 'xargs -0 -r cat -- < parts.list > merged' } as const;
  return prepareJoin(aJob(), directory, { name: 'result-n0', merge, parts, result, ...more });
};

const part = (name: string, content: string): string => {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
};

test('joins parts in order, whatever their paths are, in the directory of the attempt', () => {
  const parts = [part('b  c', 'one\n'), part("a'\nx", 'two'), part('-n', 'three\n')];
  const command = joined(parts);
  expect(run(command)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(readFileSync(attemptPath(directory, attemptId, result), 'utf8')).toBe('one\ntwothree\n');
});

test('fails if a part is missing', () => {
  const parts = [part('a', 'one\n'), path.join(directory, 'missing')];
  const command = joined(parts);
  const { status, stderr } = run(command);
  expect(status).not.toBe(0);
  expect(stderr).toContain('missing');
});

test('joins more parts than fit on a command line', () => {
  const long = 'x'.repeat(200);
  const parts = Array.from({ length: 20_000 }, (_, index) => path.join(directory, long, `${index % 10}`));
  mkdirSync(path.join(directory, long));
  for (let index = 0; index < 10; index++) part(`${long}/${index}`, `${index}`);
  const command = joined(parts);
  expect(run(command).status).toBe(0);
  const merged = readFileSync(attemptPath(directory, attemptId, result), 'utf8');
  expect(merged).toBe('0123456789'.repeat(2000));
});

test('tells where its directory is not seen', () => {
  const command = joined([]);
  rmSync(directory, { recursive: true });
  expect(run(command).status).toBe(unseenStatus);
});

test('graphics processors are no matter for joins, but for commands of people that reduce', () => {
  const job = aJob({ resources: { cpus: 2, mem: 10, disk: 0, gpus: 1 } });
  expect(resourcesOfJoin(job, { kind: 'command' })).toEqual({ cpus: 2, mem: 10, disk: 0 });
  expect(resourcesOfJoin(job, { kind: 'reduce' })).toEqual(job.resources);
});

describe('a command that reduces', () => {
  const reduced = (command: string, parts: readonly string[]) =>
    joined(parts, { merge: { kind: 'reduce', command, arity: 3 } });
  const merged = () => readFileSync(attemptPath(directory, attemptId, result), 'utf8');

  test('has the paths of its parts, in order, and of its result, as words of the shell', () => {
    const parts = [part('b  c', '2\n4\n'), part("a'\nx", '1\n3\n')];
    const command = "sort -n -m {parts} > {output}; printf '%s' '{print}' '{{parts}}' >> \"{output}\"";
    expect(run(reduced(command, parts))).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(merged()).toBe('1\n2\n3\n4\n{print}{parts}');
  });

  test('fails with its exit code, and where it has written nothing', () => {
    expect(run(reduced('echo no >&2; exit 3', [part('a', '')]))).toMatchObject({ status: 3, stderr: 'no\n' });
    const { status, stderr } = run(reduced('true', [part('a', '')]));
    expect(status).toBe(1);
    expect(stderr).toContain(`has not written ${result}`);
  });
});

test('a command that reduces runs in the image of the job, in which it sees the results', () => {
  const container = { image: 'debian:12', runtime: 'docker' } as const;
  const merge = { kind: 'reduce', command: 'cat {parts} > {output}', arity: 2 } as const;
  prepareJoin(aJob({ container }), directory, { name: 'result-n0', merge, parts: ['/a'], result });
  const script = readFileSync(path.join(directory, 'joins', 'result-n0.sh'), 'utf8');
  expect(script).toMatch(/\bdocker .*\bdebian:12\b.*result-n0\.command\.sh/s);
  expect(script).toContain('"$job"');
});

test('calls a result by how the file of the output ends', () => {
  const names = ['a.bam', 'dir.x/b.vcf.gz', 'plain', "it's.odd name"].map((file) =>
    resultName(anOutput({ file })),
  );
  expect(names).toEqual(['merged.bam', 'merged.vcf.gz', 'merged', 'merged']);
});
