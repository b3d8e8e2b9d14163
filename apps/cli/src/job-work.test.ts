import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeMapJob } from './describe-map-job.ts';
import { finishedOutcome } from './finished-outcome.ts';
import {
  beginAnew,
  type JobWork,
  newJobId,
  openJobWork,
  removeJobWork,
  workDirectoryFor,
} from './job-work.ts';

let root: string;
let directory: string;
const opened: JobWork[] = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'job-work-'));
  directory = path.join(root, '.o.galaxy-mesos');
});
afterEach(async () => {
  for (const { store } of opened.splice(0)) await store.close();
  rmSync(root, { recursive: true });
});

const describeJob = ({ command = 'cat {input}', mem = 10, size = 5 } = {}): Promise<Job> =>
  describeMapJob(newJobId(), {
    inputs: [{ name: 'input', path: '/data/x.fa', size, modifiedAt: 1.5 }],
    output: path.join(root, 'o'),
    command: [command],
    work: { cpus: 1, mem, disk: 0, gpus: 0, retries: 0 },
  });

/** Opens the state of a job, for the running test. */
const open = async (job: Job, how: { resume?: boolean; restart?: boolean } = {}): Promise<JobWork> => {
  const work = await openJobWork(job, directory, how);
  opened.push(work);
  return work;
};

/** Leaves a run behind in a state, as `kill -9` does. */
async function leaveRun(state: 'new' | 'queued' | 'ok' | 'error'): Promise<Job> {
  const job = await describeJob();
  const work = await openJobWork(job, directory, {});
  await work.store.setJobState(job.id, state);
  await work.store.close();
  return job;
}

describe('workDirectoryFor', () => {
  it('is beside the target, and hidden', () => {
    expect(workDirectoryFor('/data/hits.tsv', undefined)).toBe('/data/.hits.tsv.galaxy-mesos');
  });

  it('is another for each target in a directory that was chosen for all', () => {
    const first = workDirectoryFor('/a/hits.tsv', '/work');
    expect(first).toMatch(/^\/work\/hits\.tsv-[0-9a-f]{8}\.galaxy-mesos$/);
    expect(workDirectoryFor('/b/hits.tsv', '/work')).not.toBe(first);
    expect(workDirectoryFor('/a/hits.tsv', '/work')).toBe(first);
  });
});

describe('openJobWork', () => {
  it('begins where nothing is, with --resume too', async () => {
    const job = await describeJob();
    expect(await open(job, { resume: true })).toMatchObject({ job, directory, state: 'new' });
  });

  it.each(['finished', 'active'] as const)(
    'wants to be told what to do with a run that left a task %s',
    async (state) => {
      const work = await openJobWork(await describeJob(), directory, {});
      const resources = { cpus: 1, mem: 1, disk: 0 };
      const spec = { id: 't', name: 't', command: 'true', environment: {}, resources, retries: 0 };
      await work.store.taskStore('local').commit([
        { type: 'added', spec },
        { type: 'moved', taskId: 't', state },
      ]);
      await work.store.close();
      await expect(open(await describeJob())).rejects.toThrow(
        `an earlier run was not finished (${directory}); go on with it by --resume, or throw it away by --restart`,
      );
      // Nothing is locked after a refusal.
      expect((await open(await describeJob(), { restart: true })).state).toBe('stale');
    },
  );

  it.each(['new', 'queued', 'error'] as const)(
    'throws away a run that was left %s and came to nothing',
    async (state) => {
      await leaveRun(state);
      expect((await open(await describeJob())).state).toBe('stale');
    },
  );

  it('refuses to go on with another job, and names what differs', async () => {
    await leaveRun('queued');
    await expect(
      open(await describeJob({ command: 'tac {input}', size: 6 }), { resume: true }),
    ).rejects.toThrow(
      'is of another job; these differ: command, inputs. Give the same command as then, or begin anew with --restart',
    );
  });

  it('knows a finished run: done where it was the same job, else to be thrown away', async () => {
    await leaveRun('ok');
    const states: string[] = [];
    for (const how of [{ resume: true }, {}]) {
      const work = await openJobWork(await describeJob(), directory, how);
      await work.store.close();
      states.push(work.state);
    }
    expect(states).toEqual(['done', 'stale']);
    expect((await open(await describeJob({ command: 'tac {input}' }), { resume: true })).state).toBe('stale');
  });

  it('lets only one have it', async () => {
    await open(await describeJob());
    await expect(open(await describeJob(), { restart: true })).rejects.toThrow('[LOCKED]');
  });
});

describe('beginAnew', () => {
  it('leaves nothing of the earlier run', async () => {
    await leaveRun('error');
    mkdirSync(path.join(directory, 'attempts'));
    writeFileSync(path.join(directory, 'attempts', 'x'), '');
    const job = await describeJob({ command: 'tac {input}' });
    const work = await beginAnew(job, await open(await describeJob(), { restart: true }));
    opened.push(work);
    expect(work).toMatchObject({ job, state: 'new' });
    expect(existsSync(path.join(directory, 'attempts'))).toBe(false);
    expect(await work.store.jobs()).toMatchObject([{ job, state: 'new' }]);
  });
});

describe('removeJobWork', () => {
  it('removes all, and does not mind if nothing is there', async () => {
    await leaveRun('ok');
    const work = await open(await describeJob());
    await removeJobWork(work);
    await removeJobWork(work);
    expect(existsSync(directory)).toBe(false);
  });
});

describe('finishedOutcome', () => {
  it('tells what a finished run made, as long as that is there', async () => {
    await leaveRun('ok');
    const work = await open(await describeJob(), { resume: true });
    expect(await finishedOutcome(work)).toBeUndefined();
    writeFileSync(path.join(root, 'o'), 'abc');
    expect(await finishedOutcome(work)).toEqual({
      state: 'ok',
      results: [{ output: 'output', path: path.join(root, 'o'), size: 3 }],
      counts: { total: 0, waiting: 0, active: 0, finished: 0, failed: 0 },
    });
  });
});
