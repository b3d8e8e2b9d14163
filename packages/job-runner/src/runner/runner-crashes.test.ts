import { existsSync } from 'node:fs';
import path from 'node:path';
import { isEnded } from '@galaxy-mesos/galaxy-jobs';
import { describe, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';
import type { JobRunner } from './job-runner.ts';

// Other work may keep the machine busy.
vi.setConfig({ testTimeout: 120_000 });

/**
 * Does something with a runner that may be killed after so many writes, and begins anew then, until it got through.
 * Answers false once it gets through without being killed.
 */
async function killed(bench: RunnerBench, writes: number, act: (runner: JobRunner) => Promise<void>) {
  const dead = Promise.withResolvers<'killed'>();
  bench.store.killAfter = writes;
  bench.store.onKilled = () => {
    bench.cluster.cut();
    dead.resolve('killed');
  };
  // What the dead process was doing goes nowhere: whatever it waits for never comes.
  const acting = (async () => {
    await act(await bench.start());
    return 'done' as const;
  })();
  const end = await Promise.race([acting, dead.promise]);
  if (end === 'done' && bench.store.writes < writes) {
    bench.store.killAfter = Number.POSITIVE_INFINITY;
    return false;
  }
  await bench.reopen();
  return true;
}

/** Tries with a runner that is killed after one write, after two, and so on, as far as there are any. */
async function killedAnywhere(
  act: (bench: RunnerBench, runner: JobRunner) => Promise<void>,
  goOn: (bench: RunnerBench, runner: JobRunner) => Promise<void>,
): Promise<number> {
  for (let writes = 1; ; writes++) {
    await using bench = new RunnerBench();
    const wasKilled = await killed(bench, writes, (runner) => act(bench, runner));
    if (!wasKilled) return writes;
    await goOn(bench, await bench.start());
  }
}

/** Submits what did not get through, as whoever gets no answer does. */
async function submitMissing(bench: RunnerBench, runner: JobRunner): Promise<void> {
  const jobs = [bench.directoryJob('other'), bench.directoryJob('galaxy')];
  for (const job of jobs) if (!runner.job(job.id)) await runner.submit(job);
}

describe('a runner that is killed', () => {
  test('after any write loses no job, and runs none twice', async () => {
    const points = await killedAnywhere(
      async (bench, runner) => {
        await submitMissing(bench, runner);
        await Promise.all([runner.ended('other'), runner.ended('galaxy')]);
      },
      async (bench, runner) => {
        await submitMissing(bench, runner);
        expect(await runner.ended('other')).toMatchObject({ state: 'ok', exitCode: 3 });
        expect(await runner.ended('galaxy')).toMatchObject({ state: 'ok', exitCode: 3 });
        expect(bench.runs).toEqual({ 'other-000000.g': 1, 'galaxy-000000.g': 1 });
        expect(new Set(bench.delivered)).toEqual(new Set(bench.cluster.attempts.keys()));
        const kept = await runner.events({ after: 0, limit: 1000 });
        expect(kept.map(({ sequence }) => sequence)).toEqual(kept.map((_, index) => index + 1));
        const ends = kept.flatMap((event) =>
          event.type === 'job' && event.job.state === 'ok' ? [event] : [],
        );
        expect(new Set(ends.map(({ jobId }) => jobId))).toEqual(new Set(['other', 'galaxy']));
      },
    );
    expect(points).toBeGreaterThan(8);
  });

  test('after any write keeps a job cancelled once that was answered, and ends what runs of it', async () => {
    const points = await killedAnywhere(
      async (bench, runner) => {
        bench.cluster.play = () => 'run';
        const running = Promise.withResolvers<void>();
        runner.subscribe(
          (event) => event.type === 'job' && event.job.state === 'running' && running.resolve(),
        );
        await runner.submit(bench.directoryJob('galaxy'));
        await running.promise;
        await runner.cancel('galaxy');
      },
      async (bench, runner) => {
        const found = runner.job('galaxy');
        if (!found) return;
        if (!isEnded(found.state)) await runner.cancel('galaxy');
        expect(runner.job('galaxy')).toMatchObject({ state: 'deleted' });
        await runner.remove('galaxy');
        const states = [...bench.cluster.attempts.values()].map(({ update }) => update.state);
        expect(states.every((state) => state === 'TASK_KILLED')).toBe(true);
        expect(await bench.store.taskStore('played').load()).toEqual([]);
      },
    );
    expect(points).toBeGreaterThan(3);
  });

  test('after any write of removing a job can remove it, and takes its id again', async () => {
    await killedAnywhere(
      async (bench, runner) => {
        await runner.submit(bench.directoryJob('other'));
        await runner.ended('other');
        await runner.remove('other');
      },
      async (bench, runner) => {
        if (runner.job('other')) {
          await runner.ended('other');
          await runner.remove('other');
        }
        expect(existsSync(path.join(bench.root, 'jobs', 'other'))).toBe(false);
        expect(await bench.store.jobs()).toEqual([]);
        expect(await bench.store.taskStore('played').load()).toEqual([]);
      },
    );
  });

  test('after any write of pausing a job never begins one whose pause was answered', async () => {
    await killedAnywhere(
      async (bench, runner) => {
        await runner.submit(bench.directoryJob('other'), { paused: true });
        await runner.submit(bench.directoryJob('galaxy', { resources: { cpus: 5000, mem: 1, disk: 0 } }));
        await runner.pause('galaxy');
      },
      async (bench, runner) => {
        if (runner.job('other')?.state === 'new') return;
        expect(bench.runs).toEqual({});
        if (!runner.job('other')) return;
        await runner.resume('other');
        expect(await runner.ended('other')).toMatchObject({ state: 'ok' });
      },
    );
  });

  test('after any write of trying a job again keeps what was done of it', async () => {
    await killedAnywhere(
      async (bench, runner) => {
        bench.beforeDelivery = async () => {
          throw new Error('no space left');
        };
        await runner.submit(bench.directoryJob('galaxy'));
        await runner.ended('galaxy');
        bench.beforeDelivery = async () => {};
        await runner.retry('galaxy');
        await runner.ended('galaxy');
      },
      async (bench, runner) => {
        bench.beforeDelivery = async () => {};
        if (!runner.job('galaxy')) return;
        if ((await runner.ended('galaxy')).state === 'error') await runner.retry('galaxy');
        expect(await runner.ended('galaxy')).toMatchObject({ state: 'ok' });
        expect(bench.runs).toEqual({ 'galaxy-000000.g': 1 });
      },
    );
  });
});
