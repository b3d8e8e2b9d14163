import { type Clock, systemClock } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';

/** Waits until something can be said, as long as a busy machine may take. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 10 });
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let bench: RunnerBench;
beforeEach(() => {
  bench = new RunnerBench();
  bench.cluster.play = () => 'run';
  bench.cluster.isDeaf = true;
});
afterEach(() => bench[Symbol.asyncDispose]());

const start = () => bench.start({ options: { removalPatience: 0 } });

test('the removal of a job waits once for what nobody hears of, not first for its end and then for its removal', async () => {
  const waited: number[] = [];
  const clock: Clock = {
    now: () => systemClock.now(),
    elapsed: () => systemClock.elapsed(),
    after: (milliseconds, wake) => {
      waited.push(milliseconds);
      return systemClock.after(milliseconds === 77_000 ? 0 : milliseconds, wake);
    },
  };
  const runner = await bench.start({ clock, options: { removalPatience: 77 } });
  await runner.submit(bench.directoryJob('galaxy'));
  await attempt('g');
  await runner.remove('galaxy');
  expect(waited.filter((milliseconds) => milliseconds === 77_000)).toHaveLength(1);
});

const attempt = (generation: string) =>
  eventually(() => {
    const id = [...bench.cluster.attempts.keys()].find((key) => key.includes(`.${generation}-`)) ?? '';
    expect(bench.cluster.attempts.get(id)?.update.state).toBe('TASK_RUNNING');
    return id;
  });

test.each([false, true])(
  'an attempt that outlives its job is none at the next job of that id; after a restart: %s',
  async (isRestarted) => {
    let runner = await start();
    bench.generation = 'first';
    await runner.submit(bench.directoryJob('galaxy'));
    const former = await attempt('first');
    await runner.remove('galaxy');
    bench.delivered.length = 0;
    bench.generation = 'second';
    await runner.submit(bench.directoryJob('galaxy'));
    const latter = await attempt('second');
    if (isRestarted) {
      await bench.reopen();
      bench.generation = 'third';
      runner = await start();
    }
    expect(runner.staged('galaxy')?.isOpen(former)).toBe(false);
    expect(runner.staged('galaxy')?.isOpen(latter)).toBe(true);
    bench.cluster.end(former, 'TASK_FINISHED', { exitCode: 0 });
    bench.cluster.end(latter, 'TASK_FINISHED', { exitCode: 0 });
    expect(await runner.ended('galaxy')).toMatchObject({ state: 'ok' });
    expect(bench.delivered).toEqual([latter]);
  },
);
