import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { failOnExitCode } from '@galaxy-mesos/galaxy-jobs';
import { type JobStore, type OpenOptions, openJobStore } from '@galaxy-mesos/job-store';
import type { Attempt, TaskSpec } from '@galaxy-mesos/scheduler';

/** What the contract needs to be tried on a kind of store. */
export interface StoreFixture {
  /** The location of a store that was never opened. */
  newLocation(): Promise<string>;
  /** Runs SQL on a store that nobody has open, behind the back of this package; tables as they are named here. */
  tamper(location: string, sql: string): Promise<void>;
  /** SQL that sets the number of the schema. */
  setVersion(version: number): string;
  /** Makes a store as versions left it that knew only so many of the steps there are now. */
  makeOld(location: string, steps: number): Promise<void>;
  readonly steps: number;
  /** How often a property is tried, where each time takes a new store. */
  readonly runs: number;
}

/** Opens a store for as long as `work` takes. */
export async function withStore<T>(
  location: string,
  work: (store: JobStore) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const store = await openJobStore(location, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export const spec = (id: string, changes: Partial<TaskSpec> = {}): TaskSpec => ({
  id,
  name: id,
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 0,
  ...changes,
});

export const attempt = (taskId: string, number: number, changes: Partial<Attempt> = {}): Attempt => ({
  id: `${taskId}-${number}`,
  taskId,
  number,
  state: 'TASK_STAGING',
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1_700_000_000_000,
  ...changes,
});

export const job = (id: string): Job => ({
  id,
  name: 'count',
  command: 'wc -l < genes.fasta',
  shell: '/bin/sh',
  standardOutput: 'count.txt',
  inputs: [
    {
      name: 'genes',
      path: '/data/genes.fasta',
      size: 100,
      modifiedAt: 1_700_000_000_000.125,
      partName: 'genes.fasta',
    },
  ],
  outputs: [
    {
      name: 'count',
      file: 'count.txt',
      whenMissing: 'fail',
      destination: '/data/count.txt',
      merges: [{ merge: 'concat' }],
    },
  ],
  environment: { LANG: 'C' },
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 2,
  stdio: failOnExitCode,
  split: {
    alternatives: [
      { by: [{ strategy: 'records', inputs: ['genes'], parameters: { format: 'fasta', parts: 4 } }] },
    ],
  },
});
