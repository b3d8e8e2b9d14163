import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failOnExitCode, type Job } from '@galaxy-mesos/galaxy-jobs';
import { type JobStore, openJobStore } from '@galaxy-mesos/job-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseStranded } from './leftovers.ts';
import { UsageError } from './usage-error.ts';

const job: Job = {
  id: 'job-1',
  name: 'count',
  command: 'true',
  shell: '/bin/sh',
  inputs: [],
  outputs: [],
  environment: {},
  resources: { cpus: 1, mem: 32, disk: 0 },
  retries: 0,
  stdio: failOnExitCode,
};
const cluster = { kind: 'mesos', master: 'master.example:5050' } as const;

let directory: string;
let store: JobStore;
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-leftovers-'));
  store = await openJobStore(path.join(directory, 'job.sqlite'));
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Stores a task that was launched on a cluster. */
const launched = (name: string) => {
  const { command, resources, retries, environment } = job;
  return store.taskStore(name).commit([
    { type: 'added', spec: { id: 't', name: 't', command, resources, retries, environment } },
    { type: 'moved', taskId: 't', state: 'active' },
    {
      type: 'attempted',
      attempt: {
        id: 't-1',
        taskId: 't',
        number: 1,
        state: 'TASK_STAGING',
        agentId: 'agent',
        hostname: 'node1',
        launchedAt: 0,
      },
    },
  ]);
};

describe('refuseStranded', () => {
  it('refuses tasks on a cluster whose framework is not known any more, and says how to go on', async () => {
    await launched(cluster.master);
    const refusal = refuseStranded({ job, directory, store }, cluster);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(
      /^1 task of the earlier run may still run on master.example:5050, .* end "galaxy-mesos count" .* --restart$/,
    );
  });

  it('lets tasks go on whose framework is known, or has ended', async () => {
    await launched(cluster.master);
    await store.taskStore(cluster.master).commit([{ type: 'registered', frameworkId: 'f' }]);
    await refuseStranded({ job, directory, store }, cluster);
    await store.forgetFramework(cluster.master);
    await refuseStranded({ job, directory, store }, cluster);
  });

  it('minds neither tasks on another cluster nor those of this machine', async () => {
    await launched('local');
    await refuseStranded({ job, directory, store }, cluster);
    await refuseStranded({ job, directory, store }, { kind: 'local' });
  });
});
