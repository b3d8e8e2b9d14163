import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attemptDirectory, type Job } from '@galaxy-mesos/galaxy-jobs';
import type { Slice } from '@galaxy-mesos/parallelism';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attemptPath } from './job-directory.ts';
import { aJob, anOutput } from './testing/a-job.ts';
import { attemptId, runTask, type TaskOptions } from './testing/run-task.ts';

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'task-part-'));
  directory = path.join(root, 'job');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (job: Job, options: TaskOptions = {}) => runTask(job, root, directory, options);
const inAttempt = (file: string): string => attemptPath(directory, attemptId, file);

describe('the part of a split input', () => {
  const split = { alternatives: [{ by: [{ strategy: 'records', inputs: ['genes'], parameters: {} }] }] };
  const genes = () => path.join(root, "genes of o'hara.fa");
  const withInput = (command: string, partName = 'part.fa'): Job => {
    const file = genes();
    writeFileSync(file, '>a\nAC\n>b\nGT\n');
    const input = { name: 'genes', path: file, size: 12, modifiedAt: 0, partName };
    return aJob({ command, inputs: [input], split });
  };
  const sliceOf = (offset: number, length: number): Slice => ({
    input: 'genes',
    pieces: [{ kind: 'range', path: genes(), offset, length }],
  });
  const slices = () => [sliceOf(6, 6)];

  test('is cut where the task runs, and removed when it is done', () => {
    expect(run(withInput('cat part.fa > result.txt'), { slices: slices() }).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('>b\nGT\n');
    expect(existsSync(inAttempt('part.fa'))).toBe(false);
  });

  test('is left there if it is asked for, and where the task failed', () => {
    expect(run(withInput('cat part.fa > result.txt'), { slices: slices(), keepParts: true }).status).toBe(0);
    expect(existsSync(inAttempt('part.fa'))).toBe(true);
    rmSync(inAttempt('part.fa'));
    expect(run(withInput('exit 4'), { slices: slices() }).status).toBe(4);
    expect(existsSync(inAttempt('part.fa'))).toBe(true);
  });

  test('may have a name that looks like an option', () => {
    const job = withInput('cat ./-i.fa > result.txt', '-i.fa');
    expect(run(job, { slices: slices() }).status).toBe(0);
    expect(existsSync(inAttempt('-i.fa'))).toBe(false);
  });

  test('is the whole input where this alternative does not cut it', () => {
    expect(run(withInput('cat part.fa > result.txt')).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('>a\nAC\n>b\nGT\n');
    expect(readFileSync(genes(), 'utf8')).toBe('>a\nAC\n>b\nGT\n');
  });

  test('has its index beside it, under its own name', () => {
    const beside = [
      { suffix: '.fai', pieces: [{ kind: 'file' as const, path: path.join(root, 'other.fai') }] },
    ];
    writeFileSync(path.join(root, 'other.fai'), 'a\t2\t3\t2\t3\n');
    const whole: Slice = { input: 'genes', pieces: [{ kind: 'file', path: genes() }], beside };
    expect(run(withInput('cat part.fa part.fa.fai > result.txt'), { slices: [whole] }).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('>a\nAC\n>b\nGT\na\t2\t3\t2\t3\n');
  });

  test("is worked on by the part's own command, where that has values in it", () => {
    const job = withInput('grep {what} part.fa > result.txt');
    const own = "grep '^>b' part.fa > result.txt # it's";
    expect(run(job, { slices: slices(), command: own }).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('>b\n');
    const inAttemptOf = `echo ${attemptDirectory} > result.txt`;
    expect(run(job, { slices: slices(), command: inAttemptOf }).status).toBe(0);
  });

  test('that cannot be cut fails the task before its command runs', () => {
    const job = withInput('touch ran; cat part.fa > result.txt');
    const tooLong = [sliceOf(6, 7)];
    expect(run(job, { slices: tooLong })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot cut'),
    });
    expect(existsSync(inAttempt('ran'))).toBe(false);
  });

  test('leaves nothing that lay beside it, and nothing is written through it into what others use', () => {
    const index = path.join(root, 'other.fai');
    writeFileSync(index, 'index\n');
    const beside = [{ suffix: '.fai', pieces: [{ kind: 'file' as const, path: index }] }];
    const slice: Slice = { input: 'genes', pieces: [{ kind: 'file', path: genes() }], beside };
    const command = 'cat part.fa.fai > result.txt; echo mine > part.fa.fai';
    expect(run(withInput(command), { slices: [slice] }).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('index\n');
    expect(existsSync(inAttempt('part.fa.fai'))).toBe(false);
    expect(readFileSync(index, 'utf8')).toBe('index\n');
  });

  test('is worked on by a command that is too long for a command line, which is read where it is kept', () => {
    const sidecar = path.join(root, 'sidecar');
    const long = `: ${'x'.repeat(200_000)}\necho it ran > result.txt\n`;
    writeFileSync(sidecar, `before${long}after`);
    const commandAt = { path: sidecar, offset: 6, length: long.length };
    expect(run(withInput('exit 5'), { slices: slices(), commandAt })).toMatchObject({ status: 0 });
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('it ran\n');
    writeFileSync(sidecar, 'before: x');
    expect(run(withInput('exit 5'), { slices: slices(), commandAt })).toMatchObject({ status: 1 });
  });

  test('whose command takes its output away fails, though the output may stay empty', () => {
    const outputs = [anOutput({ whenMissing: 'empty' })];
    expect(run({ ...withInput('true'), outputs }, { slices: slices() }).status).toBe(0);
    expect(run({ ...withInput('rm result.txt'), outputs }, { slices: slices() })).toMatchObject({
      status: 66,
      stderr: expect.stringContaining('took away its output result.txt'),
    });
  });
});
