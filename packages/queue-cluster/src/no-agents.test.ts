import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineCluster } from './definition/define-cluster.ts';
import { type ClusterLock, takeLock } from './journal/index.ts';
import { whyNoAgents } from './no-agents.ts';
import type { PoolView, UnmetDemand } from './pools/view.ts';
import { writeBeat } from './standing/beat.ts';
import { changeWanted, createCluster, demandDesk } from './standing/index.ts';
import { type ClusterView, writeView } from './standing/view.ts';

let clusters: string;
let directory: string;
let lock: ClusterLock;
const now = Date.now();

beforeEach(async () => {
  clusters = await mkdtemp(join(tmpdir(), 'no-agents-'));
  const options = { on: 'shell', agents: '1' };
  directory = await createCluster(clusters, defineCluster({ name: 'mine', options, sites: [] }));
  lock = await takeLock(directory, now);
});
afterEach(() => rm(clusters, { recursive: true, force: true }));

const phases = { intended: 0, queued: 0, started: 0, registered: 0, leaving: 0, ended: 0 };
const pool = (name: string, paused?: PoolView['paused']): PoolView => ({
  ...{ name, min: 0, max: 9, desired: 0, phases, waits: [] },
  ...(paused && { paused }),
});
const lack = (why: UnmetDemand['why'], from = 'me'): UnmetDemand => ({
  ...{ from, cpus: 64, memMb: 1024, diskMb: 0, gpus: 0, count: 5, why },
});
const show = (
  pools: readonly PoolView[],
  unmet: readonly UnmetDemand[] = [],
  others: Partial<Pick<ClusterView, 'master' | 'systems'>> = {},
) =>
  writeView(directory, {
    ...{ name: 'mine', at: now, state: 'up', launcher: { host: 'here', pid: 1 }, problems: [] },
    ...{
      master: { kind: 'here', state: 'up' },
      pools,
      pilots: [],
      unmet,
      badNodes: [],
      wantedAt: 0,
      systems: [],
    },
    ...others,
  });
const reasons = () => whyNoAgents(directory, 'me', now);

const refused = { text: 'Invalid account', advice: 'name another' };
const paused =
  'pool a of the cluster mine is paused: Invalid account (name another); galaxy-mesos cluster up mine tries it again';

describe('whoever waits for agents', () => {
  it('is told nothing while the queue only takes its time', async () => {
    expect(await reasons()).toEqual([]);
    await show([pool('a'), pool('b')], [lack('full')]);
    expect(await reasons()).toEqual([]);
  });

  it('is told that the launcher has ended, and not what it saw last', async () => {
    await show([pool('a', refused)]);
    await lock.release();
    expect(await reasons()).toEqual([
      'nothing looks after the cluster mine: its launcher has ended; galaxy-mesos cluster up mine starts another',
    ]);
  });

  it('is told that the launcher hangs', async () => {
    await writeBeat(directory, now);
    const [reason, ...others] = await whyNoAgents(directory, 'me', now + 600_000);
    expect(reason).toContain(
      `hangs: it has done nothing for minutes; end it there (kill -9 ${process.pid}), then`,
    );
    expect(others).toEqual([]);
  });

  it('is told of pools that are paused, where no other takes the tasks', async () => {
    await show([pool('a', refused), pool('b')]);
    expect(await reasons()).toEqual([]);
    await show([pool('a', refused), pool('b')], [lack('full')]);
    expect(await reasons()).toEqual([paused]);
    await show([pool('a', refused)]);
    expect(await reasons()).toEqual([paused]);
  });

  it('is told of its own tasks that find no room, not of those of others', async () => {
    await show([pool('a')], [lack('too-big'), lack('too-big', 'another')]);
    expect(await reasons()).toEqual([
      'the cluster mine: tasks of 64 cpus, 1G find no room: no pool is so big',
    ]);
  });

  it('is told that the queue has not answered for minutes, and not that it once did not', async () => {
    const silent = (knownAt: number) => ({
      systems: [{ key: 'slurm', trouble: 'squeue: connection refused', knownAt, strangers: [] }],
    });
    await show([pool('a')], [lack('full')], silent(now - 60_000));
    expect(await reasons()).toEqual([]);
    await show([pool('a')], [lack('full')], silent(now - 400_000));
    expect(await reasons()).toEqual([
      'the queue of the cluster mine has not answered for minutes: squeue: connection refused',
    ]);
  });

  it('is told that no master comes', async () => {
    const trouble = 'its batch job is held';
    const master = { kind: 'in-job', state: 'starting', trouble } as const;
    await show([pool('a')], [], { master });
    expect(await reasons()).toEqual([]);
    await show([pool('a')], [], { master: { ...master, isStuck: true } });
    expect(await reasons()).toEqual(['the cluster mine has no master: its batch job is held']);
  });

  it('is told that batch jobs will not start, unless others do', async () => {
    const held: PoolView = {
      ...pool('a'),
      phases: { ...phases, queued: 2 },
      waits: [{ text: 'JobHeldAdmin', advice: 'ask why', count: 2, isStuck: true }],
    };
    await show([held]);
    expect(await reasons()).toEqual([
      'batch jobs of pool a of the cluster mine do not start: JobHeldAdmin (ask why)',
    ]);
    await show([held, { ...pool('b'), phases: { ...phases, queued: 1 } }]);
    expect(await reasons()).toEqual([]);
    await show([{ ...held, phases: { ...phases, queued: 3 } }]);
    expect(await reasons()).toEqual([]);
  });

  it('is told that the queue takes no batch job at all, not that it takes no more', async () => {
    const limited = { ...pool('a'), backOff: { text: 'QOSMaxSubmitJobPerUserLimit', until: now + 1000 } };
    await show([limited], [lack('full')]);
    expect(await reasons()).toEqual([
      'pool a of the cluster mine gets no batch jobs for now: QOSMaxSubmitJobPerUserLimit',
    ]);
    await show([{ ...limited, phases: { ...phases, registered: 1 } }], [lack('full')]);
    expect(await reasons()).toEqual([]);
  });

  it.each([
    ['draining', 'the cluster mine is draining: agents go, and none come; galaxy-mesos cluster up mine'],
    ['down', 'the cluster mine is going down'],
  ] as const)('is told that a cluster is %s', async (state, reason) => {
    await changeWanted(directory, (_, at) => ({ state, pools: {}, at }));
    expect(await reasons()).toEqual([reason]);
  });

  it('is told so by the desk at which it says what it lacks, if it lacks anything', async () => {
    const desk = await demandDesk(pathToFileURL(join(directory, 'address')).href);
    await lock.release();
    expect(await desk?.tell([])).toEqual([]);
    const one = { cpus: 1, mem: 100, disk: 0, gpus: 0, count: 3 };
    expect(await desk?.tell([one])).toEqual([expect.stringContaining('its launcher has ended')]);
  });
});
