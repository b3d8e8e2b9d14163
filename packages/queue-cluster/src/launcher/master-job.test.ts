import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BatchJobState, Dialect, QueueAnswer, SubmitOutcome } from '../dialects/dialect.ts';
import { parseOrders } from '../pilot/index.ts';
import { writeAddress } from '../standing/address.ts';
import { MasterJob } from './master-job.ts';
import { MasterKeeper, type MasterSource } from './master-keeper.ts';
import { systemPorts } from './ports.ts';
import { Troubles } from './troubles.ts';

const hour = 3_600_000;
const walltimeSeconds = 8 * 3600;

let directory: string;
let folder: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'master-job-'));
  folder = join(directory, 'master');
  await mkdir(folder);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A queue that has what a test says, and the time. */
class Queue {
  now = 1_800_000_000_000;
  /** By name. */
  readonly jobs = new Map<string, { readonly id: string; state: BatchJobState }>();
  readonly commands: string[] = [];
  readonly cancelled: string[] = [];
  submitted: (id: string) => SubmitOutcome = (id) => ({ kind: 'accepted', id });
  #last = '';

  readonly dialect: Dialect = {
    name: 'slurm',
    title: 'a queue in a test',
    excludesNodes: false,
    render: ({ script }) => script,
    submit: ({ name }) => ({ program: 'submit', arguments: [name] }),
    submitted: () => {
      const id = String(this.jobs.size + 1);
      const outcome = this.submitted(id);
      if (outcome.kind === 'accepted') this.jobs.set(this.#last, { id, state: { kind: 'waiting' } });
      return outcome;
    },
    status: () => ({ program: 'status', arguments: [] }),
    statuses: () => ({
      kind: 'known',
      batchJobs: [...this.jobs].map(([name, { id, state }]) => ({ id, name, state })),
    }),
    stop: () => ({ program: 'stop', arguments: [] }),
    cancel: (ids) => ({ program: 'cancel', arguments: ids }),
    cancelled: () => ({ kind: 'told' }),
    probes: () => [],
  };

  source(change: { readonly request?: () => never; readonly walltime?: number } = {}): MasterJob {
    let names = 0;
    const run = async (command: { program: string; arguments: readonly string[] }): Promise<QueueAnswer> => {
      this.commands.push(command.program);
      if (command.program === 'submit') [this.#last = ''] = command.arguments;
      if (command.program === 'cancel') this.cancelled.push(...command.arguments);
      return { exitCode: 0, stdout: '', stderr: '' };
    };
    const request = (name: string, token: string) => ({
      ...{ name, script: token, directory: join(folder, name), log: '', cpus: 1, memMb: 1, gpus: 0 },
      ...{
        walltimeSeconds: change.walltime ?? walltimeSeconds,
        warningSeconds: 20,
        extra: [],
        excludedNodes: [],
      },
    });
    return new MasterJob({
      directory,
      folder,
      system: { key: 'slurm', dialect: this.dialect, run, user: async () => 'somebody' },
      ports: { ...systemPorts, now: () => this.now, openMaster: () => expect.unreachable() },
      lock: { token: '', check: async () => undefined, release: async () => undefined },
      request: change.request ?? request,
      newName: () => `gm-night-_master-${++names}`,
      namePrefix: 'gm-night-_master-',
      askSeconds: 30,
      absenceSeconds: 20,
    });
  }

  /** A job has begun to run. */
  start(name: string): void {
    const job = this.jobs.get(name);
    if (job) job.state = { kind: 'running', startedAt: this.now };
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  count(program: string): number {
    return this.commands.filter((name) => name === program).length;
  }
}

const first = 'gm-night-_master-1';
const second = 'gm-night-_master-2';
const tokenOf = () => parseOrders(readFileSync(join(folder, 'orders'), 'utf8'))?.token;

/** A source whose first job runs and has a master that answers. */
async function running(queue: Queue): Promise<MasterJob> {
  const source = queue.source();
  await source.look(false);
  queue.start(first);
  queue.pass(60_000);
  await source.look(false);
  await writeAddress(directory, 'node1:5050');
  expect(await source.look(true)).toEqual({ address: 'node1:5050', isQueued: true });
  return source;
}

describe('the master in a batch job', () => {
  it('has a successor in the queue half an hour before its walltime is over, and only one', async () => {
    const queue = new Queue();
    const source = await running(queue);
    const token = tokenOf();
    const asked = queue.count('status');
    queue.pass(7.4 * hour);
    await source.look(true);
    expect(queue.jobs.size).toBe(1);
    // One that answers and lasts is not asked about.
    expect(queue.count('status')).toBe(asked);
    queue.pass(0.1 * hour);
    await source.look(true);
    queue.pass(60_000);
    await source.look(true);
    expect([...queue.jobs.keys()]).toEqual([first, second]);
    // Other orders would have revoked the one that is there.
    expect(tokenOf()).toBe(token);
    expect(await source.look(true)).toEqual({ address: 'node1:5050', isQueued: true });
  });

  it('goes on with the successor when it has ended, and with that one has the next in time', async () => {
    const queue = new Queue();
    const source = await running(queue);
    queue.pass(7.7 * hour);
    await source.look(true);
    queue.start(second);
    queue.pass(0.2 * hour);
    await source.look(true);
    queue.jobs.delete(first);
    queue.pass(60_000);
    await source.look(false);
    queue.pass(60_000);
    await source.look(false);
    await writeAddress(directory, 'node2:5050');
    expect(await source.look(true)).toEqual({ address: 'node2:5050', isQueued: true });
    expect(queue.count('submit')).toBe(2);
    queue.pass(7.4 * hour);
    await source.look(true);
    expect([...queue.jobs.keys()]).toEqual([second, 'gm-night-_master-3']);
  });

  it('has its successor at three quarters of a short walltime', async () => {
    const queue = new Queue();
    const source = queue.source({ walltime: 400 });
    await source.look(false);
    queue.start(first);
    queue.pass(60_000);
    await source.look(false);
    queue.pass(230_000);
    await source.look(true);
    expect(queue.count('submit')).toBe(1);
    queue.pass(20_000);
    await source.look(true);
    expect(queue.count('submit')).toBe(2);
  });

  it('submits none where the cluster goes down', async () => {
    const queue = new Queue();
    const source = queue.source();
    for (let seconds = 0; seconds < 60; seconds += 3) {
      await source.look(false, false);
      queue.pass(3000);
    }
    expect(queue.count('submit')).toBe(0);
    await source.look(false, true);
    expect(queue.count('submit')).toBe(1);
  });

  it('waits longer and longer where the queue refuses the successor, and says so while there is a master', async () => {
    const queue = new Queue();
    const source = await running(queue);
    queue.pass(7.7 * hour);
    queue.submitted = () => ({
      kind: 'refused',
      problem: { kind: 'configuration', text: 'no such queue', advice: 'name another' },
    });
    for (let seconds = 0; seconds < 300; seconds += 3) {
      await source.look(true);
      queue.pass(3000);
    }
    // At once, once more at once, and after a minute.
    expect(queue.count('submit')).toBe(4);
    expect(await source.look(true)).toEqual({
      address: 'node1:5050',
      trouble: "the queue refuses the next master's batch job: no such queue (name another)",
      isStuck: true,
      isQueued: true,
    });
    // The clock is set back.
    queue.pass(-299_000);
    await source.look(true);
    expect(queue.count('submit')).toBe(5);
    queue.submitted = (id) => ({ kind: 'accepted', id });
    // People have said something new.
    source.retry();
    expect(await source.look(true)).toEqual({ address: 'node1:5050', isQueued: true });
  });

  it('tells why it waits, where the address of one before is still there, too', async () => {
    const queue = new Queue();
    const source = await running(queue);
    queue.jobs.clear();
    queue.pass(60_000);
    await source.look(false);
    queue.pass(60_000);
    await source.look(false);
    const job = queue.jobs.get(second);
    expect(job).toBeDefined();
    if (job) job.state = { kind: 'waiting', reason: 'Priority' };
    queue.pass(60_000);
    const trouble = 'the master waits in the queue: Priority';
    expect(await source.look(false)).toEqual({
      ...{ address: 'node1:5050', trouble },
      ...{ isStuck: false, isQueued: true },
    });
    if (job) job.state = { kind: 'held', reason: 'JobHeldAdmin', advice: 'ask for its release' };
    queue.pass(60_000);
    expect(await source.look(false)).toMatchObject({
      trouble: 'the master is held in the queue: JobHeldAdmin (ask for its release)',
      isStuck: true,
    });
  });

  it('says so where no batch job can be made of its definition, and submits nothing', async () => {
    const queue = new Queue();
    const source = queue.source({
      request: () => {
        throw new Error('a NUL character in setup');
      },
    });
    const trouble = "the master's batch job cannot be submitted: a NUL character in setup";
    expect(await source.look(false)).toEqual({ trouble, isStuck: true, isQueued: false });
    expect(await source.end()).toBe(true);
    expect(queue.commands).toEqual([]);
    expect(existsSync(join(folder, 'orders'))).toBe(false);
  });

  it('ends together with its successor', async () => {
    const queue = new Queue();
    const source = await running(queue);
    queue.pass(7.7 * hour);
    await source.look(true);
    queue.pass(60_000);
    expect(await source.end()).toBe(false);
    expect(queue.cancelled).toEqual(['1', '2']);
    queue.jobs.clear();
    for (let round = 0; round < 3; round++) {
      queue.pass(60_000);
      if (await source.end()) break;
    }
    expect(await source.end()).toBe(true);
  });
});

describe('the keeper of a master', () => {
  it('says why there is none, rather than that nobody answers at the last address', async () => {
    const trouble = 'the master waits in the queue: Priority';
    let retries = 0;
    const source: MasterSource = {
      kind: 'in-job',
      retry: () => void retries++,
      look: async () => ({ address: 'node1:5050', trouble, isStuck: true }),
      end: async () => true,
    };
    const keeper = new MasterKeeper({
      ...{ cluster: 'night', directory, source, troubles: new Troubles(() => undefined, Date.now) },
      open: () => ({
        agents: async () => Promise.reject(new Error('connect ECONNREFUSED')),
        deactivate: async () => undefined,
        drain: async () => undefined,
        reactivate: async () => undefined,
        markGone: async () => undefined,
        close: async () => undefined,
      }),
      tell: () => undefined,
      signal: new AbortController().signal,
    });
    expect(await keeper.look()).toBeUndefined();
    expect(keeper.view).toMatchObject({ state: 'starting', trouble, isStuck: true });
    for (const at of [1, 1, 2, 2]) keeper.heed({ at, state: 'up', pools: {} });
    expect(retries).toBe(1);
  });
});
