import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '@galaxy-mesos/scheduler';
import { untilIdle } from '@galaxy-mesos/scheduler/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';

const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

let bench: RunnerBench;
beforeEach(() => {
  bench = new RunnerBench();
});
// Other work may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(() => bench[Symbol.asyncDispose]());

const full = Object.assign(new Error('the disk is full'), { isTemporary: true });

/** A delivery that goes on until it is told to stop. */
const untilStopped = (onBegin: (signal: AbortSignal) => void) => async (signal: AbortSignal) => {
  onBegin(signal);
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
};

const stateOf = async (id: string) => (await bench.store.jobs()).find(({ job }) => job.id === id)?.state;

describe('a request that meets another one', () => {
  test('resumes nothing of a job that was cancelled meanwhile', async () => {
    const runner = await bench.start();
    await runner.submit(bench.directoryJob('one'), { paused: true });
    await Promise.all([runner.resume('one'), runner.cancel('one')]);
    await untilIdle();
    expect(runner.job('one')).toMatchObject({ state: 'deleted' });
    expect(bench.prepared).toEqual([]);
    expect(bench.runs).toEqual({});
  });

  test('tries nothing again of a job that was cancelled meanwhile', async () => {
    const runner = await bench.start();
    const job = bench.job('one', {
      inputs: [{ name: 'gone', path: '/nowhere', partName: 'gone', size: 1, modifiedAt: 1 }],
    });
    await runner.submit(job);
    expect(await runner.ended('one')).toMatchObject({ state: 'error' });
    const before = bench.events.length;
    await Promise.all([runner.retry('one'), runner.cancel('one')]);
    await untilIdle();
    const states = bench.events.slice(before).map((event) => event.type === 'job' && event.job.state);
    expect(states).toEqual(['new', 'deleted']);
  });

  test('takes up no job that is being removed', async () => {
    const runner = await bench.start();
    bench.beforeDelivery = async () => {
      throw new Error('no space left');
    };
    await runner.submit(bench.directoryJob('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'error' });
    const removing = runner.remove('one');
    await expect(runner.retry('one')).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await removing;
    expect(await bench.store.jobs()).toEqual([]);
  });

  test('cancels a job for good before a second such request is answered', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    const [, second] = [runner.cancel('one'), runner.cancel('one')];
    expect(await second).toMatchObject({ state: 'deleted' });
    expect(await stateOf('one')).toBe('deleted');
  });

  test('removes a job that is being cancelled only once nothing of it is moved any more', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    const delivering = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    bench.beforeDelivery = async () => {
      delivering.resolve();
      await waiting.promise;
    };
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    const cancelling = runner.cancel('one');
    const removing = runner.remove('one');
    await cancelling;
    await delivering.promise;
    await untilIdle();
    expect(runner.job('one')).toBeDefined();
    waiting.resolve();
    await removing;
    expect(bench.delivered).toEqual(['one-000000.g-1']);
    expect(runner.job('one')).toBeUndefined();
  });
});

describe('a job with a directory that is cancelled while it runs', () => {
  test('has what it made in its directory when that is answered', async () => {
    const runner = await bench.start({ options: { cancelPatience: 60 } });
    bench.cluster.play = () => 'run';
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    await runner.cancel('one');
    expect(bench.delivered).toEqual(['one-000000.g-1']);
  });

  test('is not waited for where it takes its time to end', async () => {
    const runner = await bench.start({ options: { cancelPatience: 0.01 } });
    bench.cluster.play = () => 'run';
    const waiting = Promise.withResolvers<void>();
    bench.beforeDelivery = () => waiting.promise;
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    expect(await runner.cancel('one')).toMatchObject({ state: 'deleted' });
    expect(bench.delivered).toEqual([]);
    waiting.resolve();
    await eventually(() => expect(bench.delivered).toEqual(['one-000000.g-1']));
  });
});

describe('a store that cannot write for a while', () => {
  test('does not bring a job back to where it stood before', async () => {
    let again: (() => void) | undefined;
    const clock = {
      ...systemClock,
      after: (milliseconds: number, work: () => void) => {
        if (milliseconds !== 1000) return systemClock.after(milliseconds, work);
        again = work;
        return () => {};
      },
    };
    const runner = await bench.start({ clock });
    const ending = Promise.withResolvers<'finish'>();
    bench.cluster.play = () => ending.promise;
    bench.store.beforeWrite = (what) => {
      if (what !== 'state running') return;
      throw full;
    };
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(again).toBeDefined());
    ending.resolve('finish');
    bench.store.beforeWrite = () => {};
    await runner.ended('one');
    again?.();
    await untilIdle();
    expect(runner.job('one')).toMatchObject({ state: 'ok' });
    expect(await stateOf('one')).toBe('ok');
  });

  test('leaves nothing of a job that it refused', async () => {
    const runner = await bench.start();
    bench.store.beforeWrite = (what) => {
      if (what === 'job') throw new Error('this document is too large');
    };
    await expect(runner.submit(bench.job('one'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(runner.job('one')).toBeUndefined();
  });
});

describe('a runner that is deposed', () => {
  test('moves nothing any more', async () => {
    const runner = await bench.start();
    const delivering = Promise.withResolvers<AbortSignal>();
    bench.beforeDelivery = untilStopped(delivering.resolve);
    await runner.submit(bench.directoryJob('one'));
    const signal = await delivering.promise;
    expect(signal.aborted).toBe(false);
    bench.store.depose();
    expect(signal.aborted).toBe(true);
  });

  test('throws away nothing of a job that is being removed', async () => {
    const runner = await bench.start({ options: { cancelPatience: 0.01 } });
    bench.cluster.play = () => 'run';
    const delivering = Promise.withResolvers<AbortSignal>();
    bench.beforeDelivery = untilStopped(delivering.resolve);
    await runner.submit(bench.directoryJob('one'));
    const own = path.join(bench.root, 'jobs', 'one');
    mkdirSync(own, { recursive: true });
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    const removing = runner.remove('one');
    await delivering.promise;
    bench.store.depose();
    await expect(removing).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(existsSync(own)).toBe(true);
  });

  test('moves nothing any more of a job that was cancelled', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    const delivering = Promise.withResolvers<AbortSignal>();
    bench.beforeDelivery = untilStopped(delivering.resolve);
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    await runner.cancel('one');
    const signal = await delivering.promise;
    bench.store.depose();
    expect(signal.aborted).toBe(true);
  });
});

describe('a runner that goes on where another one stopped', () => {
  test('tries again with the command, and what that needs to find, of its own', async () => {
    const first = await bench.start();
    bench.cluster.play = () => 'run';
    await first.submit(bench.directoryJob('one'));
    await first.submit(bench.directoryJob('failing'));
    await eventually(() => expect(first.job('one')).toMatchObject({ state: 'running' }));
    await eventually(() => expect(first.job('failing')).toMatchObject({ state: 'running' }));
    bench.cluster.end('failing-000000.g-1', 'TASK_FAILED', { exitCode: 1 });
    expect(await first.ended('failing')).toMatchObject({ state: 'error' });
    await bench.reopen();
    bench.command = 'another';
    bench.prepared.length = 0;
    bench.cluster.play = () => 'finish';
    const second = await bench.start();
    expect(bench.prepared).toEqual(['one', 'failing']);
    bench.cluster.end('one-000000.g-1', 'TASK_GONE');
    await second.retry('failing');
    expect(await second.ended('one')).toMatchObject({ state: 'ok' });
    expect(await second.ended('failing')).toMatchObject({ state: 'ok' });
    const commandOf = (id: string) => bench.cluster.attempts.get(id)?.launch.command;
    expect(commandOf('one-000000.g-2')).toBe('another one');
    expect(commandOf('failing-000000.g-2')).toBe('another failing');
  });

  test('puts into the directory of a cancelled job what an attempt has made', async () => {
    const first = await bench.start();
    bench.cluster.play = () => 'run';
    await first.submit(bench.directoryJob('one'));
    await eventually(() => expect(first.job('one')).toMatchObject({ state: 'running' }));
    bench.beforeDelivery = () => new Promise(() => {});
    await first.cancel('one');
    await bench.reopen();
    bench.beforeDelivery = async () => {};
    await bench.start();
    await eventually(() => expect(bench.delivered).toEqual(['one-000000.g-1']));
  });
});
