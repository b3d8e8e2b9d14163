import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';

let bench: RunnerBench;
beforeEach(() => {
  bench = new RunnerBench();
});
// Other work may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(() => bench[Symbol.asyncDispose]());

const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

/** A runner whose cluster is away until `reach` is called; it takes requests already. */
async function startedAway() {
  const reached = Promise.withResolvers<void>();
  bench.cluster.reached = reached.promise;
  const runner = bench.make();
  await runner.load();
  await runner.submit(bench.job('early'));
  const started = runner.start();
  await eventually(() => expect(runner.job('early')).toMatchObject({ state: 'queued' }));
  return { runner, started, reach: reached.resolve, refuse: reached.reject };
}

describe('a runner whose cluster was not reached yet', () => {
  test('cancels, pauses, resumes and removes jobs, and runs what is left once it is there', async () => {
    const { runner, started, reach } = await startedAway();
    for (const id of ['unwanted', 'later', 'paused', 'gone']) await runner.submit(bench.job(id));
    expect(await runner.cancel('unwanted')).toMatchObject({ state: 'deleted' });
    expect(await runner.pause('later')).toMatchObject({ state: 'paused' });
    await runner.pause('paused');
    expect((await runner.resume('later')).state).not.toBe('paused');
    await runner.remove('gone');
    expect(runner.job('gone')).toBeUndefined();
    expect(bench.runs).toEqual({});
    reach();
    await started;
    await Promise.all([runner.ended('early'), runner.ended('later')]);
    expect(bench.runs).toEqual({ 'early-000000.g': 1, 'later-000000.g': 1 });
    expect(runner.job('paused')).toMatchObject({ state: 'paused' });
  });

  test('ends what an earlier one had left running of a job that is cancelled meanwhile', async () => {
    bench.cluster.play = () => 'run';
    const first = await bench.start();
    await first.submit(bench.job('one'));
    await eventually(() => expect(first.job('one')).toMatchObject({ state: 'running' }));
    await bench.reopen();
    const { runner, started, reach } = await startedAway();
    expect(await runner.cancel('one')).toMatchObject({ state: 'deleted' });
    expect(bench.cluster.attempts.get('one-000000.g-1')?.update.state).toBe('TASK_RUNNING');
    reach();
    await started;
    await eventually(() =>
      expect(bench.cluster.attempts.get('one-000000.g-1')?.update.state).toBe('TASK_KILLED'),
    );
  });

  test('leaves all jobs as they are for the next one where the cluster refuses it', async () => {
    const { runner, started, refuse } = await startedAway();
    refuse(new Error('this framework was removed'));
    await expect(started).rejects.toThrow('this framework was removed');
    await expect(runner.submit(bench.job('late'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await runner.stop();
    await bench.reopen();
    bench.cluster.reached = Promise.resolve();
    const next = await bench.start();
    expect(await next.ended('early')).toMatchObject({ state: 'ok' });
  });
});
