import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { Launch } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

// Jobs that are split are planned by programs of their own.
vi.setConfig({ testTimeout: 60_000 });

let bench: RunnerBench;
beforeEach(() => {
  bench = new RunnerBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

const runs = (replicates: number) => ({ strategy: 'replicate', inputs: [], parameters: { replicates } });
const reduce = { reduce: 'cat {parts} > {output}', arity: 2 };

/** A job of so many parts, whose results are reduced two by two. */
function splitJob(id: string, parts: number, split: Partial<NonNullable<Job['split']>> = {}): Job {
  const job = bench.job(id, { split: { alternatives: [{ by: [runs(parts)] }], ...split } });
  return { ...job, outputs: job.outputs.map((output) => ({ ...output, merges: [reduce] })) };
}

/** Does what a task does: a part leaves its name, a reduction what its script says, without its shell. */
function finish({ attemptId }: Launch): 'finish' {
  const [, jobId = '', task = ''] = /^(.*?)-(\d+|merge-.*)\.\w+-\d+$/.exec(attemptId) ?? [];
  const job = path.join(bench.root, 'jobs', jobId);
  const directory = path.join(job, 'attempts', attemptId);
  mkdirSync(directory, { recursive: true });
  const join = task.replace(/^merge-/, '');
  if (join === task) writeFileSync(path.join(directory, 'result.txt'), `${task} `);
  else {
    const script = readFileSync(path.join(job, 'joins', `${join}.command.sh`), 'utf8');
    const parts = script.replace(/^cat | > .*$/gs, '').split(' ');
    writeFileSync(
      path.join(directory, 'merged.txt'),
      parts.map((part) => readFileSync(part, 'utf8')).join(''),
    );
  }
  return 'finish';
}

const resultOf = (id: string) => readFileSync(path.join(bench.root, 'results', `${id}.txt`), 'utf8');
const numbers = (...parts: readonly number[]) =>
  parts.map((part) => `${String(part).padStart(6, '0')} `).join('');
const isPart = (attemptId: string, ...parts: readonly number[]) =>
  parts.some((part) => attemptId.includes(`-00000${part}.`));

describe('results that are reduced', () => {
  test('are reduced as soon as there are enough of them, while other parts run', async () => {
    bench.cluster.play = (launch) => (isPart(launch.attemptId, 3) ? 'run' : finish(launch));
    const runner = await bench.start();
    await runner.submit(splitJob('early', 4));
    await eventually(() => expect(runner.job('early')?.tasks).toMatchObject({ total: 5, finished: 4 }));
    const [last] = [...bench.cluster.attempts.values()].filter(({ launch }) => isPart(launch.attemptId, 3));
    if (last) finish(last.launch);
    bench.cluster.end(last?.launch.attemptId ?? '', 'TASK_FINISHED');
    expect(await runner.ended('early')).toMatchObject({ state: 'ok', tasks: { total: 7, finished: 7 } });
    expect(resultOf('early')).toBe(numbers(0, 1, 2, 3));
    expect(bench.events.filter(({ type }) => type === 'merging')).toMatchObject([
      { jobId: 'early', output: 'result', parts: 4 },
    ]);
  });

  test.each([1, 4, 5, 6])('are gone on with where the process dies after %i tasks', async (before) => {
    let finished = 0;
    bench.cluster.play = (launch) => {
      if (finished >= before) return 'run';
      finished += 1;
      return finish(launch);
    };
    const first = await bench.start();
    await first.submit(splitJob('again', 4));
    await eventually(() => expect(first.job('again')?.tasks.finished).toBe(before));
    await bench.reopen();
    bench.cluster.play = finish;
    const second = await bench.start();
    for (const { launch, update } of bench.cluster.attempts.values()) {
      if (update.state === 'TASK_FINISHED') continue;
      finish(launch);
      bench.cluster.end(launch.attemptId, 'TASK_FINISHED');
    }
    expect(await second.ended('again')).toMatchObject({ state: 'ok', tasks: { total: 7, finished: 7 } });
    expect(resultOf('again')).toBe(numbers(0, 1, 2, 3));
    expect(Object.values(bench.runs)).toEqual(Array(7).fill(1));
  });
});

describe('parts that may fail', () => {
  const skip = { failedParts: 'skip' } as const;

  test('are left out of the results, and told, also by another process', async () => {
    bench.cluster.play = (launch) => (isPart(launch.attemptId, 1, 2) ? { exitCode: 9 } : finish(launch));
    const runner = await bench.start();
    await runner.submit(splitJob('some', 5, skip));
    const failedParts = {
      total: 2,
      parts: [
        { index: 1, label: expect.any(String), message: 'ended with exit code 9: said' },
        { index: 2, label: expect.any(String), message: 'ended with exit code 9: said' },
      ],
    };
    const end = await runner.ended('some');
    expect(end).toMatchObject({ state: 'ok', failedParts, tasks: { failed: 2 } });
    expect(resultOf('some')).toBe(numbers(0, 3, 4));
    await bench.reopen();
    expect((await bench.start()).job('some')).toMatchObject({ state: 'ok', failedParts });
  });

  test('fail the job where all of them do', async () => {
    bench.cluster.play = () => ({ exitCode: 9 });
    const runner = await bench.start();
    await runner.submit(splitJob('all', 3, skip));
    const message = 'part 1, replicate 1 ended with exit code 9: said; 3 tasks have failed in all';
    expect(await runner.ended('all')).toMatchObject({
      state: 'error',
      message: expect.stringMatching(message),
    });
    bench.cluster.play = finish;
    await runner.retry('all');
    expect(await runner.ended('all')).toMatchObject({ state: 'ok', tasks: { finished: 5 } });
    expect(resultOf('all')).toBe(numbers(0, 1, 2));
  });

  test('are joined after all where the job is tried again because a join has failed', async () => {
    bench.cluster.play = (launch) =>
      isPart(launch.attemptId, 1) || launch.attemptId.includes('-n2') ? { exitCode: 9 } : finish(launch);
    const runner = await bench.start();
    await runner.submit(splitJob('late', 4, skip));
    expect(await runner.ended('late')).toMatchObject({
      state: 'error',
      message: expect.stringContaining('join 3 of result ended with exit code 9'),
    });
    bench.cluster.play = finish;
    await runner.retry('late');
    const end = await runner.ended('late');
    expect(end).toMatchObject({ state: 'ok', tasks: { failed: 0 } });
    expect(end).not.toHaveProperty('failedParts');
    expect(resultOf('late')).toBe(numbers(0, 1, 2, 3));
  });

  test('do not keep a job from going on that was paused', async () => {
    bench.cluster.play = (launch) => (isPart(launch.attemptId, 0) ? { exitCode: 9 } : 'run');
    const runner = await bench.start();
    await runner.submit(splitJob('paused', 3, skip));
    await eventually(() => expect(runner.job('paused')?.tasks).toMatchObject({ failed: 1, active: 2 }));
    await runner.pause('paused');
    for (const { launch } of bench.cluster.attempts.values()) {
      finish(launch);
      bench.cluster.end(launch.attemptId, 'TASK_FINISHED');
    }
    await eventually(() => expect(runner.job('paused')?.tasks).toMatchObject({ finished: 2, waiting: 1 }));
    bench.cluster.play = finish;
    await runner.resume('paused');
    expect(await runner.ended('paused')).toMatchObject({ state: 'ok', failedParts: { total: 1 } });
  });
});

describe('a part that ran out of memory', () => {
  test('is tried again with more, and no other is', async () => {
    const memory = new Map<string, number[]>();
    bench.cluster.play = (launch) => {
      const task = launch.attemptId.replace(/-\d+$/, '');
      memory.set(task, [...(memory.get(task) ?? []), launch.resources.mem]);
      const isShort = isPart(launch.attemptId, 1) && launch.resources.mem < 256;
      return isShort ? { reason: 'REASON_CONTAINER_LIMITATION_MEMORY' } : finish(launch);
    };
    const runner = await bench.start();
    const job = splitJob('hungry', 2);
    await runner.submit({ ...job, outOfMemory: { factor: 2, maximum: 4096 }, retries: 0 });
    expect(await runner.ended('hungry')).toMatchObject({ state: 'ok' });
    expect(memory.get('hungry-000001.g')).toEqual([64, 128, 256]);
    expect(memory.get('hungry-000000.g')).toEqual([64]);
    expect(resultOf('hungry')).toBe(numbers(0, 1));
  });
});

describe('a plan that fails late', () => {
  test('ends what runs, and is made anew by a retry', async () => {
    const file = path.join(bench.root, 'reads.fastq');
    // More than is read at once, in more parts than are handed over at once.
    writeFileSync(file, `${'@a\nA\n+\nI\n'.repeat(300_000)}@b\nA\n+\nIII\n`);
    const { size, mtimeMs } = statSync(file);
    const input = { name: 'reads', path: file, size, modifiedAt: mtimeMs, partName: 'part.fastq' };
    const by = [{ strategy: 'records', inputs: ['reads'], parameters: { format: 'fastq', size: 100 } }];
    bench.cluster.play = () => 'run';
    const runner = await bench.start();
    await runner.submit({ ...splitJob('torn', 1), inputs: [input], split: { alternatives: [{ by }] } });
    const torn = {
      state: 'error',
      message: expect.stringContaining('reads.fastq'),
      tasks: { active: 0, waiting: 0, cancelled: expect.any(Number) },
    };
    const begun = (generation: string) =>
      Object.keys(bench.runs).filter((id) => id.endsWith(`.${generation}`));
    expect(await runner.ended('torn')).toMatchObject(torn);
    expect(begun('g')).not.toEqual([]);
    const isEnded = () =>
      [...bench.cluster.attempts.values()].every(({ update }) => update.state === 'TASK_KILLED');
    await eventually(() => expect(isEnded()).toBe(true));
    bench.generation = 'h';
    await runner.retry('torn');
    expect(await runner.ended('torn')).toMatchObject(torn);
    expect(begun('h')).not.toEqual([]);
    expect(runner.tasks('torn').every(({ id }) => id.endsWith('.h'))).toBe(true);
  });
});
