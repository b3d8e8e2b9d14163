import { getEventListeners } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { MemoryTaskStore, ScriptedDriver, untilIdle } from '@galaxy-mesos/scheduler/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DemandClass } from './demand/demand-classes.ts';
import { attemptPath } from './job-directory.ts';
import type { JobEvent } from './job-event.ts';
import { runJob } from './run-job.ts';
import { aJob, anOutput } from './testing/a-job.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'run-job-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What a job needs, with a driver that does nothing by itself. */
function wire(changes: Partial<Job> = {}) {
  const abort = new AbortController();
  const states: string[] = [];
  const events: JobEvent[] = [];
  const run = {
    job: aJob({ outputs: [anOutput({ destination: path.join(directory, 'result.txt') })], ...changes }),
    directory: path.join(directory, 'job'),
    driver: new ScriptedDriver(),
    tasks: new MemoryTaskStore(),
    states: { setJobState: async (_id: string, state: string) => void states.push(state) },
    listener: (event: JobEvent) => void events.push(event),
    signal: abort.signal,
    keepParts: false,
    onTornDown: vi.fn(),
  };
  return { run, abort, states, events };
}

/** Plays the agent: the attempt runs, leaves its output, and comes to its end. */
async function play(
  { run }: ReturnType<typeof wire>,
  attemptId: string,
  state: 'TASK_FINISHED' | 'TASK_FAILED',
  exitCode = 0,
) {
  await untilIdle();
  run.driver.offer({});
  await untilIdle();
  const output = attemptPath(run.directory, attemptId, 'result.txt');
  mkdirSync(path.dirname(output), { recursive: true });
  writeFileSync(output, 'made\n');
  run.driver.update(attemptId, 'TASK_RUNNING');
  run.driver.update(attemptId, state, { exitCode });
}

const isQuiet = ({ signal }: { signal: AbortSignal }) => getEventListeners(signal, 'abort').length === 0;

describe('runJob', () => {
  test('runs a job that is not split as one task, and delivers its output', async () => {
    const wired = wire();
    const outcome = runJob(wired.run);
    await play(wired, 'job-1-000000-1', 'TASK_FINISHED');
    expect(await outcome).toMatchObject({ state: 'ok', counts: { total: 1, finished: 1 } });
    expect(readFileSync(path.join(directory, 'result.txt'), 'utf8')).toBe('made\n');
    expect(wired.states).toEqual(['queued', 'ok']);
    expect(wired.run.driver.callsOf('stop')).toEqual([{ call: 'stop', how: 'teardown' }]);
    expect(wired.run.onTornDown).toHaveBeenCalledOnce();
    expect(isQuiet(wired.run)).toBe(true);
  });

  test('tells what waits as long as something may, where somebody brings agents up for it', async () => {
    const told: (readonly DemandClass[] | 'withdrawn')[] = [];
    const demand = {
      tell: async (classes: readonly DemandClass[]) => {
        told.push(classes);
        return [];
      },
      withdraw: async () => void told.push('withdrawn'),
    };
    const wired = wire();
    const outcome = runJob({ ...wired.run, demand });
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject([{ count: 1 }]), { timeout: 30_000 });
    await play(wired, 'job-1-000000-1', 'TASK_FINISHED');
    expect(await outcome).toMatchObject({ state: 'ok' });
    expect(told.at(-1)).toBe('withdrawn');
  });

  test('counts as begun before its tasks can run', async () => {
    const wired = wire();
    const stored: unknown[] = [];
    const states = {
      setJobState: async (_id: string, state: string) => {
        const tasks = await wired.run.tasks.load();
        stored.push([state, tasks.map((task) => task.state)]);
      },
    };
    const outcome = runJob({ ...wired.run, states });
    await play(wired, 'job-1-000000-1', 'TASK_FINISHED');
    await outcome;
    expect(stored[0]).toEqual(['queued', []]);
  });

  test('answers why a task failed, and can be taken up again', async () => {
    const wired = wire();
    wired.run.driver.tailSandboxFile = async () => 'last words\n';
    const outcome = runJob(wired.run);
    await play(wired, 'job-1-000000-1', 'TASK_FAILED', 4);
    expect(await outcome).toMatchObject({
      state: 'error',
      failures: [{ task: 'a test', exitCode: 4, attempts: 1, stderr: 'last words\n' }],
    });
    expect(wired.states).toEqual(['queued', 'error']);
    const again = { ...wired, run: { ...wired.run, driver: new ScriptedDriver() } };
    const second = runJob(again.run);
    await play(again, 'job-1-000000-2', 'TASK_FINISHED');
    expect(await second).toMatchObject({ state: 'ok' });
  });

  test('goes on with a task whose end is known before it is looked up', async () => {
    const wired = wire();
    const first = runJob(wired.run);
    await untilIdle();
    wired.run.driver.offer({});
    await untilIdle();
    wired.abort.abort();
    await untilIdle();
    wired.run.driver.update('job-1-000000-1', 'TASK_KILLED');
    expect(await first).toMatchObject({ state: 'interrupted', counts: { waiting: 1 } });
    // As a driver does that hears of everything while it connects.
    const driver = new ScriptedDriver();
    const start = driver.start.bind(driver);
    driver.start = async (listener) => {
      await start(listener);
      driver.offer({});
      await untilIdle();
    };
    const run = { ...wired.run, driver, signal: new AbortController().signal };
    const second = runJob(run);
    await untilIdle();
    const counted = wired.events.flatMap((event) => (event.type === 'task' ? [event.counts.active] : []));
    expect(counted.at(-1)).toBe(1);
    await play({ ...wired, run }, 'job-1-000000-2', 'TASK_FINISHED');
    expect(await second).toMatchObject({ state: 'ok', counts: { total: 1, finished: 1, active: 0 } });
  });

  test('tries again what failed while no run watched', async () => {
    const wired = wire();
    const { name, command, environment, resources, retries } = wired.run.job;
    const spec = { id: 'job-1-000000', name, command, environment, resources, retries };
    const attempt = { id: 'job-1-000000-1', taskId: spec.id, number: 1, state: 'TASK_RUNNING' as const };
    await wired.run.tasks.commit([
      { type: 'added', spec },
      { type: 'attempted', attempt: { ...attempt, agentId: 'agent-1', hostname: 'host-1', launchedAt: 1 } },
      { type: 'moved', taskId: spec.id, state: 'active' },
    ]);
    const outcome = runJob(wired.run);
    await untilIdle();
    wired.run.driver.update(attempt.id, 'TASK_FAILED', { exitCode: 143 });
    await play(wired, 'job-1-000000-2', 'TASK_FINISHED');
    expect(await outcome).toMatchObject({ state: 'ok', counts: { finished: 1, failed: 0 } });
  });

  test('says so if an agent does not see the directory', async () => {
    const wired = wire();
    wired.run.driver.tailSandboxFile = async () => 'galaxy-mesos: this machine does not see /job\n';
    const outcome = expect(runJob(wired.run)).rejects.toMatchObject({ code: 'NO_SHARED_PATH' });
    await play(wired, 'job-1-000000-1', 'TASK_FAILED', 97);
    await outcome;
  });
});

describe('runJob that is interrupted', () => {
  test('before it begins does not connect', async () => {
    const { run, abort } = wire();
    abort.abort();
    expect(await runJob(run)).toEqual({
      state: 'interrupted',
      counts: { total: 0, waiting: 0, active: 0, finished: 0, failed: 0 },
    });
    expect(run.driver.calls).toEqual([]);
  });

  test('while it connects ends, and lets go of the driver', async () => {
    const { run, abort } = wire();
    run.driver.start = () => new Promise(() => {});
    const outcome = runJob(run);
    await untilIdle();
    abort.abort();
    expect(await outcome).toMatchObject({ state: 'interrupted' });
    expect(run.driver.callsOf('stop')).toEqual([{ call: 'stop', how: 'disconnect' }]);
    // An earlier run may have left tasks running as the same framework.
    expect(run.onTornDown).not.toHaveBeenCalled();
    expect(isQuiet(run)).toBe(true);
  });

  test('while it connects ends also if the driver then throws', async () => {
    const { run, abort } = wire();
    run.driver.start = () =>
      new Promise((_resolve, reject) => {
        run.signal.addEventListener('abort', () => reject(new Error('connecting was ended')), { once: true });
      });
    const outcome = runJob(run);
    await untilIdle();
    abort.abort();
    expect(await outcome).toMatchObject({ state: 'interrupted' });
  });

  test('while it plans ends without a task', async () => {
    const file = path.join(directory, 'genes.fasta');
    writeFileSync(file, '>a\nAC\n'.repeat(1_000_000));
    const { size, mtimeMs } = statSync(file);
    const input = { name: 'genes', path: file, size, modifiedAt: mtimeMs, partName: 'genes.fasta' };
    const split = {
      alternatives: [
        { by: [{ strategy: 'records', inputs: ['genes'], parameters: { format: 'fasta', parts: 4 } }] },
      ],
    };
    const { run, abort, events } = wire({ inputs: [input], split });
    const listener = (event: JobEvent) => {
      events.push(event);
      if (event.type === 'planning') abort.abort();
    };
    expect(await runJob({ ...run, listener })).toMatchObject({ state: 'interrupted', counts: { total: 0 } });
    expect(events.filter(({ type }) => type === 'planning')).toHaveLength(1);
    expect(await run.tasks.load()).toEqual([]);
    expect(isQuiet(run)).toBe(true);
  });

  test('counts what an earlier run has done, though it did not get as far as the cluster', async () => {
    const wired = wire();
    const outcome = runJob(wired.run);
    await play(wired, 'job-1-000000-1', 'TASK_FINISHED');
    await outcome;
    const counts = { total: 1, finished: 1 };
    expect(await runJob({ ...wired.run, signal: AbortSignal.abort() })).toMatchObject({ counts });
  });
});

describe('runJob that turns out to have no plan when parts have begun', () => {
  test('ends them, and has not begun', async () => {
    const file = path.join(directory, 'reads.fastq');
    // More than is read at once, in more parts than are handed over at once.
    writeFileSync(file, `${'@a\nA\n+\nI\n'.repeat(300_000)}@b\nA\n+\nIII\n`);
    const { size, mtimeMs } = statSync(file);
    const input = { name: 'reads', path: file, size, modifiedAt: mtimeMs, partName: 'part.fastq' };
    const by = [{ strategy: 'records', inputs: ['reads'], parameters: { format: 'fastq', size: 100 } }];
    const { run, states } = wire({ inputs: [input], split: { alternatives: [{ by }] } });
    await expect(runJob(run)).rejects.toThrow('reads.fastq');
    expect(states).toEqual(['queued', 'new']);
  });
});

describe('runJob when leaving the cluster fails', () => {
  const broken = new Error('the framework could not be ended');

  test('keeps the outcome, and warns', async () => {
    const wired = wire();
    wired.run.driver.onCall = ({ call }) => (call === 'stop' ? Promise.reject(broken) : undefined);
    const outcome = runJob(wired.run);
    await play(wired, 'job-1-000000-1', 'TASK_FINISHED');
    expect(await outcome).toMatchObject({ state: 'ok' });
    const message = 'the cluster was not left in order: the framework could not be ended';
    expect(wired.events.at(-1)).toEqual({ type: 'warning', message });
    expect(wired.run.onTornDown).not.toHaveBeenCalled();
  });

  test('keeps the error that came before', async () => {
    const wired = wire();
    wired.run.driver.onCall = ({ call }) => (call === 'stop' ? Promise.reject(broken) : undefined);
    const full = new Error('the disk is full');
    const outcome = expect(runJob(wired.run)).rejects.toBe(full);
    await untilIdle();
    wired.run.tasks.commit = () => Promise.reject(full);
    wired.run.driver.offer({});
    await outcome;
    // Interrupting it now must not bring up an error that nobody waits for.
    wired.abort.abort();
    expect(isQuiet(wired.run)).toBe(true);
  });
});
