import { defineCluster } from '@galaxy-mesos/queue-cluster';
import { describe, expect, it } from 'vitest';
import { clusterView, poolView } from '../../test-helpers/made-view.ts';
import { arrivalOf, hasNothing, isWithoutQueue } from './arrival.ts';

const definition = defineCluster({ name: 'mine', options: { on: 'shell', agents: '3' }, sites: [] });
const arrival = (...parts: Parameters<typeof poolView>) =>
  arrivalOf(clusterView({ pools: [poolView(...parts)] }), definition, 0);

describe('arrivalOf', () => {
  it('is ready when the agents that were asked for have registered', () => {
    expect(arrival({ phases: { registered: 3 } })).toEqual({
      kind: 'ready',
      line: '3 of 3 agents have registered',
      troubles: [],
    });
  });

  it('waits for the master only where agents come with the work', () => {
    const later = defineCluster({ name: 'mine', options: { on: 'shell', max: '3' }, sites: [] });
    expect(arrivalOf(clusterView({ pools: [poolView({})] }), later, 0)).toMatchObject({
      kind: 'ready',
      line: 'its master is up; agents come with the work',
    });
  });

  it('tells how many are missing, where they are, and why they wait', () => {
    const waits = [{ text: 'Priority', count: 1, isStuck: false }];
    expect(arrival({ phases: { registered: 1, started: 1, queued: 1 }, waits })).toEqual({
      kind: 'coming',
      line: '1 of 3 agents have registered, 1 start, 1 are in the queue',
      troubles: ['main: 1 waits: Priority'],
    });
  });

  it('is stuck where the pool is paused, or all that waits will never start', () => {
    const paused = { text: 'invalid account' };
    expect(arrival({ paused })).toMatchObject({ kind: 'stuck', troubles: ['main: paused: invalid account'] });
    const waits = [{ text: 'PartitionDown', count: 3, isStuck: true }];
    expect(arrival({ phases: { queued: 3 }, waits }).kind).toBe('stuck');
    expect(arrival({ phases: { queued: 3, started: 1 }, waits }).kind).toBe('coming');
    expect(arrival({ phases: { started: 1 }, paused }).kind).toBe('coming');
  });

  it('waits for agents that were there before a crash to be seen again', () => {
    const pilot = { pool: 'main', phase: 'registered', since: 0 } as const;
    const pools = [poolView({ phases: { registered: 3 } })];
    const seen = ['a', 'b', 'c'].map((name) => ({ ...pilot, name, tasks: 0 }));
    expect(arrivalOf(clusterView({ pools, pilots: seen }), definition, 0).kind).toBe('ready');
    const pilots = seen.map(({ tasks, ...unseen }, index) => (index === 0 ? { ...unseen, tasks } : unseen));
    expect(arrivalOf(clusterView({ pools, pilots }), definition, 0)).toMatchObject({
      kind: 'coming',
      line: '1 of 3 agents have registered, 0 start, 0 are in the queue, 2 have not come back yet',
    });
  });

  it('waits for the launcher to hear of pools that are new', () => {
    const pools = [poolView({ name: 'other' })];
    expect(arrivalOf(clusterView({ pools }), definition, 0)).toMatchObject({
      kind: 'coming',
      line: 'its launcher has not heard of the pool main yet',
    });
  });

  it('waits for the launcher and for the master', () => {
    expect(arrivalOf(undefined, definition, 0).line).toBe('its launcher starts');
    const master = { kind: 'in-job', state: 'starting', trouble: 'its batch job waits' } as const;
    const pools = [poolView({ phases: { registered: 3 } })];
    expect(arrivalOf(clusterView({ master, pools }), definition, 0)).toEqual({
      kind: 'coming',
      line: 'its master is starting',
      troubles: ['master: its batch job waits'],
    });
  });

  it('is stuck where there will be no master before somebody does something', () => {
    const trouble = "the queue refuses the master's batch job: invalid partition";
    const master = { kind: 'in-job', state: 'starting', trouble, isStuck: true } as const;
    expect(arrivalOf(clusterView({ master }), definition, 0)).toMatchObject({
      kind: 'stuck',
      troubles: [`master: ${trouble}`],
    });
    const before = { ...master, state: 'up' } as const;
    expect(arrivalOf(clusterView({ master: before, pools: [poolView({})] }), definition, 0).kind).toBe(
      'coming',
    );
  });
});

describe('hasNothing', () => {
  const queued = [poolView({ phases: { queued: 3 } })];

  it('says so of a cluster without pilots, or without a master that could come', () => {
    expect(hasNothing(undefined)).toBe(true);
    expect(hasNothing(clusterView({ pools: [poolView({})] }))).toBe(true);
    expect(hasNothing(clusterView({ pools: queued }))).toBe(false);
    const master = { kind: 'here', state: 'starting' } as const;
    expect(hasNothing(clusterView({ master, pools: queued }))).toBe(true);
    const refused = { kind: 'in-job', state: 'starting', isStuck: true } as const;
    expect(hasNothing(clusterView({ master: refused, pools: queued }))).toBe(true);
  });

  it('does not say so where the master waits for its turn in the queue', () => {
    const master = { kind: 'in-job', state: 'starting', isQueued: true } as const;
    expect(hasNothing(clusterView({ master, pools: [poolView({})] }))).toBe(false);
    expect(hasNothing(clusterView({ master: { ...master, isStuck: true }, pools: queued }))).toBe(false);
  });
});

it('has no queue where none answers, and nothing of the cluster is there', () => {
  const systems = [{ key: 'lsf', trouble: 'bjobs: command not found', strangers: [] }];
  expect(isWithoutQueue(clusterView({ systems }))).toBe(true);
  expect(isWithoutQueue(clusterView({ systems: [...systems, { key: 'slurm', strangers: [] }] }))).toBe(false);
  expect(isWithoutQueue(clusterView({ systems, pools: [poolView({ phases: { queued: 1 } })] }))).toBe(false);
  expect(isWithoutQueue(clusterView({}))).toBe(false);
});
