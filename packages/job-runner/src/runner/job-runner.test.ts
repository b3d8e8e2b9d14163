import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { untilIdle } from '@galaxy-mesos/scheduler/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';

/** Waits until something can be said, as long as a busy machine may take. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

let bench: RunnerBench;
beforeEach(() => {
  bench = new RunnerBench();
});
// Other work may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
afterEach(() => bench[Symbol.asyncDispose]());

const result = (id: string) => readFileSync(path.join(bench.root, 'results', `${id}.txt`), 'utf8');
const statesOf = (id: string) =>
  bench.events.flatMap((event) => (event.type === 'job' && event.jobId === id ? [event.job.state] : []));

describe('a job that is submitted', () => {
  test('is durable before anybody hears of it, and known before anybody is told', async () => {
    const runner = await bench.start();
    const seen: unknown[] = [];
    runner.subscribe(({ jobId }) => seen.push(runner.job(jobId)?.state));
    const submitting = runner.submit(bench.job('one'));
    expect(runner.job('one')).toBeUndefined();
    await submitting;
    expect((await bench.store.jobs()).map(({ job }) => job.id)).toEqual(['one']);
    expect(seen[0]).toBe('new');
  });

  test('is refused if there is one of its id, also while that is being stored', async () => {
    const runner = await bench.start();
    const both = await Promise.allSettled([runner.submit(bench.job('one')), runner.submit(bench.job('one'))]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(runner.submit(bench.job('one'))).rejects.toMatchObject({ code: 'DUPLICATE_JOB' });
  });

  test.each(['../up', 'a/b', '.', '', 'x'.repeat(201), 'a\nb', '-rf'])(
    'is refused if its id %j cannot name a directory',
    async (id) => {
      const runner = await bench.start();
      await expect(runner.submit(bench.job('one', { id }))).rejects.toMatchObject({ code: 'REFUSED' });
    },
  );

  test('is not taken if it cannot be stored, and can be submitted again', async () => {
    const runner = await bench.start();
    await untilIdle();
    bench.store.beforeWrite = () => {
      throw new Error('the disk is full');
    };
    await expect(runner.submit(bench.job('one'))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'not now: the disk is full',
    });
    expect(runner.job('one')).toBeUndefined();
    bench.store.beforeWrite = () => {};
    await runner.submit(bench.job('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
  });

  test('is taken before the cluster is reached, and runs after', async () => {
    const runner = bench.make();
    await runner.load();
    await runner.submit(bench.job('early'));
    expect(runner.job('early')).toMatchObject({ state: 'new' });
    await expect(runner.cancel('early')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await runner.start();
    expect(await runner.ended('early')).toMatchObject({ state: 'ok' });
  });

  test('passes on what it asks for to its task', async () => {
    const runner = await bench.start({ runAs: 'galaxy' });
    bench.cluster.play = () => 'run';
    await runner.submit(
      bench.directoryJob('asks', {
        walltime: 60,
        outOfMemory: { factor: 2, maximum: 1000 },
        user: 'anna',
        queue: 'short',
        priority: 3,
        container: { image: 'busybox', runtime: 'mesos-docker' },
      }),
    );
    await eventually(() => expect(bench.cluster.attempts.size).toBe(1));
    const [task] = await bench.store.taskStore('played').load();
    expect(task?.spec).toMatchObject({
      maximumRunSeconds: 60,
      retryRules: { outOfMemory: { factor: 2, maximum: 1000 }, exitCodes: [93] },
      user: 'anna',
      queue: 'short',
      priority: 3,
      container: { image: 'busybox', type: 'docker' },
      runAs: 'galaxy',
    });
  });
});

describe('a runner', () => {
  test('runs hundreds of jobs that come at once, each of them once', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'finish';
    const ids = Array.from({ length: 500 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((id) => runner.submit(bench.directoryJob(id))));
    const ends = await Promise.all(ids.map((id) => runner.ended(id)));
    expect(ends.every(({ state, exitCode }) => state === 'ok' && exitCode === 3)).toBe(true);
    expect(Object.values(bench.runs).every((runs) => runs === 1)).toBe(true);
    expect(bench.events.map(({ sequence }) => sequence)).toEqual(bench.events.map((_, index) => index + 1));
    expect(runner.jobs().map(({ id }) => id)).toEqual(ids);
  });

  test('tells of every step of a job in order', async () => {
    const runner = await bench.start();
    await runner.submit(bench.job('one', { owner: 'galaxy' }));
    await runner.ended('one');
    const told = bench.events.map((event) => {
      if (event.type === 'job') return `job ${event.job.state}`;
      if (event.type === 'task') return `task ${event.task.state}`;
      return event.type === 'attempt' ? `attempt ${event.attempt.state}` : event.type;
    });
    expect(told).toEqual([
      'job new',
      'job queued',
      'task active',
      'attempt TASK_STAGING',
      'attempt TASK_RUNNING',
      'job running',
      'attempt TASK_FINISHED',
      'task finished',
      'job ok',
    ]);
    expect(result('one')).toBe('made by one-000000.g-1\n');
  });

  test('keeps no more events than it is told to', async () => {
    const runner = await bench.start({ options: { eventsKept: 50 } });
    for (let index = 0; index < 40; index++) await runner.submit(bench.job(`job-${index}`));
    for (let index = 0; index < 40; index++) await runner.ended(`job-${index}`);
    await eventually(async () =>
      expect((await runner.events({ after: 0, limit: 1000 })).length).toBeLessThanOrEqual(160),
    );
    const kept = await runner.events({ after: 0, limit: 1000 });
    expect(kept[0]?.sequence).toBeGreaterThan(100);
  });

  test('removes jobs that ended long ago, but not those that have a directory', async () => {
    const runner = await bench.start({ options: { retention: 0.001 } });
    await runner.submit(bench.job('plain'));
    await runner.submit(bench.directoryJob('galaxy'));
    await Promise.all([runner.ended('plain'), runner.ended('galaxy')]);
    await eventually(() => expect(runner.job('plain')).toBeUndefined());
    expect(runner.job('galaxy')).toMatchObject({ state: 'ok' });
    expect(bench.events.at(-1)).toMatchObject({ type: 'removed', jobId: 'plain' });
  });

  test('stops at once when another process leads, and writes nothing more', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.job('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    const waiting = runner.ended('one');
    bench.store.depose();
    await expect(waiting).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const { writes } = bench.store;
    await expect(runner.submit(bench.job('two'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(runner.cancel('one')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await untilIdle();
    expect(bench.fatal).toHaveLength(1);
    expect(bench.store.writes).toBe(writes);
    expect(runner.job('one')).toMatchObject({ state: 'running' });
  });

  test('stops when its store cannot be written any more', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.job('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    bench.store.beforeWrite = () => {
      throw new Error('the database is gone');
    };
    await expect(runner.cancel('one')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(bench.fatal).toMatchObject([{ message: 'the database is gone' }]);
  });

  test('waits for a store that cannot write for now', async () => {
    const runner = await bench.start();
    let failures = 2;
    bench.store.beforeWrite = (what) => {
      if (!what.startsWith('state') || failures-- <= 0) return;
      throw Object.assign(new Error('the disk is full'), { isTemporary: true });
    };
    await runner.submit(bench.job('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
    expect(bench.fatal).toEqual([]);
  });

  test('opens files of a job by its secret only while its attempt runs', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    const staged = runner.staged('one');
    expect(staged).toMatchObject({ directory: path.join(bench.root, 'staging', 'one') });
    expect(staged?.isOpen('one-000000.g-1')).toBe(true);
    expect(staged?.isOpen('two-000000.g-1')).toBe(false);
    for (const made of ['0x2', '2e0', ' 2', '02', '2.0', '', 'NaN', '-2', '1000', '99999999999']) {
      expect(staged?.isOpen(`one-000000.g-${made}`)).toBe(false);
    }
    bench.cluster.end('one-000000.g-1', 'TASK_LOST');
    await eventually(() => expect(bench.cluster.attempts.size).toBe(2));
    expect(staged?.isOpen('one-000000.g-2')).toBe(true);
    await eventually(() => expect(staged?.isOpen('one-000000.g-1')).toBe(false));
    bench.cluster.end('one-000000.g-2', 'TASK_FINISHED');
    await runner.ended('one');
    expect(staged?.isOpen('one-000000.g-2')).toBe(false);
    await runner.submit(bench.directoryJob('two'));
    expect(runner.staged('two')?.secret).not.toBe(staged?.secret);
    expect(runner.staged('nobody')).toBeUndefined();
  });

  test('says why tasks wait', async () => {
    const runner = await bench.start();
    await runner.submit(bench.job('big', { resources: { cpus: 5000, mem: 1, disk: 0 } }));
    await eventually(() => expect(runner.waiting()).toMatchObject([{ tasks: 1, jobs: ['big'] }]));
    expect(runner.waiting()[0]?.reason).toContain('5000');
  });
});

describe('a job whose tasks run as another user', () => {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

  test('is delivered what that user made', async () => {
    const runner = await bench.start({ attemptsOwner: { uid, gid } });
    await runner.submit(bench.job('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
  });

  test.skipIf(uid !== 0)(
    'gets its attempts directory, and nothing that others own is delivered',
    async () => {
      const runner = await bench.start({ attemptsOwner: { uid: 65_534, gid: 65_534 } });
      await runner.submit(bench.job('one'));
      const end = await runner.ended('one');
      expect(end).toMatchObject({ state: 'error' });
      expect(end.message).toContain('is not a file of the user that ran the job');
      const own = path.join(bench.root, 'jobs', 'one');
      expect(statSync(path.join(own, 'attempts')).uid).toBe(65_534);
      expect(statSync(own).uid).toBe(0);
    },
  );
});

describe('the attempts of a job with a directory', () => {
  test('fail a job in words where it is not the tool that failed, and only then', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => ({ exitCode: 90 });
    await runner.submit(bench.directoryJob('galaxy'));
    expect(await runner.ended('galaxy')).toMatchObject({ message: 'its files could not be laid out: said' });
    await runner.submit(bench.job('plain'));
    expect(await runner.ended('plain')).toMatchObject({ message: 'ended with exit code 90: said' });
  });

  test.skipIf(process.getuid?.() !== 0).each([
    ['belong to the user of its tasks where these make their files', true, 65_534],
    ['stay those of the daemon where it writes the files that are sent', false, 0],
  ])('%s', async (_what, areTreesOfTasks, owner) => {
    bench.areTreesOfTasks = areTreesOfTasks;
    const attempts = path.join(bench.root, 'jobs', 'one', 'attempts');
    mkdirSync(attempts, { recursive: true });
    const runner = await bench.start({ attemptsOwner: { uid: 65_534, gid: 65_534 } });
    await runner.submit(bench.directoryJob('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
    expect(statSync(attempts).uid).toBe(owner);
  });
});

describe('a job that is cancelled', () => {
  test('while it waits is never launched', async () => {
    const runner = await bench.start();
    const job = bench.job('waits', { resources: { cpus: 5000, mem: 1, disk: 0 } });
    await runner.submit(job);
    await eventually(() => expect(runner.job('waits')).toMatchObject({ state: 'queued' }));
    expect(await runner.cancel('waits')).toMatchObject({ state: 'deleted' });
    expect(bench.runs).toEqual({});
    expect(await runner.cancel('waits')).toMatchObject({ state: 'deleted' });
  });

  test('before it is planned has no task', async () => {
    const runner = await bench.start();
    await runner.submit(bench.job('new'));
    await runner.cancel('new');
    await untilIdle();
    expect(bench.runs).toEqual({});
    expect(statesOf('new').at(-1)).toBe('deleted');
  });

  test('while it runs is killed', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.job('runs'));
    await eventually(() => expect(runner.job('runs')).toMatchObject({ state: 'running' }));
    await runner.cancel('runs');
    await eventually(() =>
      expect(bench.cluster.attempts.get('runs-000000.g-1')?.update.state).toBe('TASK_KILLED'),
    );
    await eventually(() =>
      expect(runner.tasks('runs')).toMatchObject([
        { state: 'cancelled', attempts: [{ state: 'TASK_KILLED' }] },
      ]),
    );
  });

  test('is being killed for as long as nobody knows that nothing of it runs', async () => {
    bench.cluster.isDeaf = true;
    const runner = await bench.start({ options: { removalPatience: 0 } });
    bench.cluster.play = () => 'run';
    await runner.submit(bench.job('runs'));
    await eventually(() => expect(runner.job('runs')).toMatchObject({ state: 'running' }));
    await runner.cancel('runs');
    expect(runner.tasks('runs')).toMatchObject([
      { state: 'cancelled', attempts: [{ state: 'TASK_KILLING' }] },
    ]);
  });

  test('while it is delivered stays cancelled', async () => {
    const runner = await bench.start();
    const gate = Promise.withResolvers<void>();
    bench.beforeDelivery = () => gate.promise;
    await runner.submit(bench.directoryJob('late'));
    await eventually(() => expect(runner.job('late')?.tasks.finished).toBe(1));
    expect(await runner.cancel('late')).toMatchObject({ state: 'deleted' });
    gate.resolve();
    await untilIdle();
    expect(statesOf('late')).toEqual(['new', 'queued', 'running', 'deleted']);
  });
});

describe('a job that is paused', () => {
  test('is not begun until it is resumed', async () => {
    const runner = await bench.start();
    expect(await runner.submit(bench.job('one'), { paused: true })).toMatchObject({ state: 'paused' });
    await untilIdle();
    expect(bench.runs).toEqual({});
    expect(await runner.resume('one')).toMatchObject({ state: 'new' });
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
    await expect(runner.resume('one')).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await expect(runner.pause('one')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });

  test('lets what runs go on to its end', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    expect(await runner.pause('one')).toMatchObject({ state: 'paused' });
    bench.cluster.end('one-000000.g-1', 'TASK_FINISHED');
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
  });

  test('does not replace an attempt that was lost until it is resumed', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await runner.submit(bench.directoryJob('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    await runner.pause('one');
    bench.cluster.end('one-000000.g-1', 'TASK_LOST');
    await eventually(() => expect(runner.job('one')?.tasks.waiting).toBe(1));
    await untilIdle();
    expect(bench.runs).toEqual({ 'one-000000.g': 1 });
    bench.cluster.play = (launch) => bench.finish(launch);
    expect(await runner.resume('one')).toMatchObject({ state: 'queued' });
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
    expect(bench.runs).toEqual({ 'one-000000.g': 2 });
  });
});

describe('a job that fails', () => {
  test('says why, and can be tried again', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => ({ exitCode: 4 });
    await runner.submit(bench.job('one'));
    expect(await runner.ended('one')).toMatchObject({
      state: 'error',
      exitCode: 4,
      message: 'ended with exit code 4: said',
    });
    bench.cluster.play = (launch) => bench.finish(launch);
    expect(await runner.retry('one')).toMatchObject({ state: 'queued' });
    expect(await runner.ended('one')).toMatchObject({ state: 'ok', exitCode: 0 });
    await expect(runner.retry('one')).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });

  test('because its result cannot be moved into place delivers again, and runs nothing twice', async () => {
    const runner = await bench.start();
    bench.beforeDelivery = () => Promise.reject(new Error('no space left'));
    await runner.submit(bench.directoryJob('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'error', message: 'no space left' });
    bench.beforeDelivery = async () => {};
    await runner.retry('one');
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
    expect(bench.runs).toEqual({ 'one-000000.g': 1 });
  });

  test('for want of memory that only its script noticed is tried again with more', async () => {
    const runner = await bench.start();
    const given: number[] = [];
    bench.cluster.play = ({ resources }) => {
      given.push(resources.mem);
      return { exitCode: 98 };
    };
    const resources = { cpus: 1, mem: 100, disk: 0 };
    await runner.submit(bench.directoryJob('one', { resources, outOfMemory: { factor: 2, maximum: 300 } }));
    expect(await runner.ended('one')).toMatchObject({
      state: 'error',
      message: 'ran out of memory at 300 MiB',
    });
    expect(given).toEqual([100, 200, 300]);
    // What a job without a directory ends with is its own.
    await runner.submit(bench.job('other'));
    expect(await runner.ended('other')).toMatchObject({ message: 'ended with exit code 98: said' });
  });

  test('because its input was changed is planned again when it is retried', async () => {
    const runner = await bench.start();
    const input = { name: 'in', path: path.join(bench.root, 'in'), size: 1, modifiedAt: 1, partName: 'in' };
    await runner.submit(bench.job('one', { inputs: [input] }));
    expect(await runner.ended('one')).toMatchObject({ state: 'error', tasks: { total: 0 } });
    expect(await runner.retry('one')).toMatchObject({ state: 'new' });
    expect(await runner.ended('one')).toMatchObject({ state: 'error' });
    expect(statesOf('one')).toEqual(['new', 'error', 'new', 'error']);
  });

  test('because it can never be run as it is described is in error, and harms no other', async () => {
    const runner = await bench.start();
    await runner.submit(bench.job('wrong', { container: { image: ' ', runtime: 'mesos' } }));
    await runner.submit(bench.job('right'));
    expect(await runner.ended('wrong')).toMatchObject({ state: 'error', tasks: { total: 0 } });
    expect(await runner.ended('right')).toMatchObject({ state: 'ok' });
  });
});

describe('a job that is removed', () => {
  test('after it has failed leaves nothing behind either', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => ({ exitCode: 1 });
    await runner.submit(bench.job('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'error' });
    await runner.remove('one');
    expect(await bench.store.taskStore('played').load()).toEqual([]);
    expect(runner.jobs()).toEqual([]);
    const metrics = await runner.metrics();
    expect(metrics).toContain('galaxy_mesos_job_ends_total{state="error"} 1');
    expect(metrics).toContain('galaxy_mesos_jobs{state="error"} 0');
    expect(metrics).toContain('galaxy_mesos_scheduler_');
  });

  test('is ended first, and leaves nothing behind', async () => {
    const gone: string[] = [];
    const runner = await bench.start({ onRemoval: async (ids) => void gone.push(...ids) });
    bench.cluster.play = (launch) => {
      bench.finish(launch);
      return 'run';
    };
    await runner.submit(bench.job('one'));
    await eventually(() => expect(runner.job('one')).toMatchObject({ state: 'running' }));
    await Promise.all([runner.remove('one'), runner.remove('one')]);
    expect(bench.cluster.attempts.get('one-000000.g-1')?.update.state).toBe('TASK_KILLED');
    expect(gone).toEqual(['one-000000.g-1']);
    expect(existsSync(path.join(bench.root, 'jobs', 'one'))).toBe(false);
    expect(await bench.store.jobs()).toEqual([]);
    expect(await bench.store.taskStore('played').load()).toEqual([]);
    expect(bench.events.at(-1)).toMatchObject({ type: 'removed', jobId: 'one' });
    await expect(runner.remove('one')).rejects.toMatchObject({ code: 'UNKNOWN_JOB' });
    bench.cluster.play = (launch) => bench.finish(launch);
    bench.cluster.attempts.clear();
    await runner.submit(bench.job('one'));
    expect(await runner.ended('one')).toMatchObject({ state: 'ok' });
  });
});

describe('a job that is split', () => {
  /** A job of four parts; the parts leave an output each, as all tasks do. */
  async function splitJob(runner: Awaited<ReturnType<typeof bench.start>>) {
    const file = path.join(bench.root, 'genes.fasta');
    writeFileSync(file, '>a\nA\n>b\nC\n>c\nG\n>d\nT\n');
    const { size, mtimeMs } = statSync(file);
    const input = { name: 'genes', path: file, size, modifiedAt: mtimeMs, partName: 'part.fasta' };
    const split = {
      alternatives: [
        { by: [{ strategy: 'records', inputs: ['genes'], parameters: { format: 'fasta', parts: 4 } }] },
      ],
    };
    const job = bench.job('split', { inputs: [input], split });
    const outputs = job.outputs.map((output) => ({ ...output, merges: [{ merge: 'concat' }] }));
    await runner.submit({ ...job, outputs });
  }
  const isPart = (id: string, part: number) => id.startsWith(`split-00000${part}.`);

  test('starts no more parts once one has failed, lets what runs end, and goes on with the rest by a retry', async () => {
    const runner = await bench.start();
    bench.cluster.play = ({ attemptId }) => (isPart(attemptId, 1) ? { exitCode: 9 } : 'run');
    await splitJob(runner);
    await eventually(() => expect(runner.job('split')?.tasks.failed).toBe(1));
    expect(runner.job('split')).toMatchObject({ state: 'running' });
    for (const id of [...bench.cluster.attempts.keys()]) bench.cluster.end(id, 'TASK_FINISHED');
    expect(await runner.ended('split')).toMatchObject({
      state: 'error',
      message: 'part 2 ended with exit code 9: said',
    });
    bench.cluster.play = () => 'finish';
    await runner.retry('split');
    await eventually(() => expect(runner.job('split')?.tasks).toMatchObject({ total: 5, failed: 0 }));
    expect(bench.runs['split-000001.g']).toBe(2);
    expect(bench.runs['split-000000.g']).toBe(1);
  });

  test('does not join its parts while it is paused', async () => {
    const runner = await bench.start();
    bench.cluster.play = () => 'run';
    await splitJob(runner);
    await eventually(() => expect(runner.job('split')?.tasks.active).toBe(4));
    await runner.pause('split');
    for (const id of [...bench.cluster.attempts.keys()]) bench.cluster.end(id, 'TASK_FINISHED');
    await eventually(() => expect(runner.job('split')?.tasks).toMatchObject({ finished: 4, waiting: 1 }));
    await untilIdle();
    expect(bench.cluster.attempts.size).toBe(4);
    await runner.resume('split');
    await eventually(() => expect(bench.cluster.attempts.size).toBe(5));
  });
});
