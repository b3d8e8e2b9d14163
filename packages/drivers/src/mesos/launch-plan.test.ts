import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch, Resources, TaskResources } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { defaultGroupExecutor } from './group-executor.ts';
import { planLaunch } from './launch-plan.ts';

const offer: mesos.Offer = {
  id: { value: 'offer' },
  framework_id: { value: 'framework' },
  agent_id: { value: 'agent' },
  hostname: 'host',
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 2 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 100 } },
  ],
};
const settings = {
  environment: {},
  killGraceSeconds: 3,
  frameworkId: 'framework',
  groupExecutor: defaultGroupExecutor,
};

const aLaunch = (
  attemptId: string,
  resources: Partial<Resources>,
  changes: Partial<Launch> = {},
): Launch => ({
  attemptId,
  name: attemptId,
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 10, disk: 0, ...resources },
  ...changes,
});

const idsOf = (tasks: readonly mesos.TaskInfo[]): string[] => tasks.map(({ task_id }) => task_id.value);

describe('planLaunch', () => {
  it('divides an offer in the order of the launches, and drops those that it is too small for', () => {
    const launches = [aLaunch('a', {}), aLaunch('b', { mem: 91 }), aLaunch('c', {}), aLaunch('d', {})];
    const { tasks, refusals } = planLaunch([offer], launches, settings);
    expect(idsOf(tasks)).toEqual(['a', 'c']);
    expect(refusals).toMatchObject([
      { attemptId: 'b', state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS' },
      { attemptId: 'd', state: 'TASK_DROPPED', message: expect.stringContaining('80 MiB of memory') },
    ]);
  });

  it('calls an error what no offer can ever serve, and launches the others', () => {
    const launches = [
      aLaunch('a', { cpus: Number.NaN }),
      aLaunch('b', { disk: -1 }),
      aLaunch('c', {}, { maximumRunSeconds: -1 }),
      aLaunch('d', {}, { maximumRunSeconds: Number.NaN }),
      aLaunch('e', {}),
    ];
    const { tasks, refusals } = planLaunch([offer], launches, settings);
    expect(idsOf(tasks)).toEqual(['e']);
    expect(refusals.map(({ state }) => state)).toEqual(Array(4).fill('TASK_ERROR'));
    expect(refusals[0]?.message).toBe('resources.cpus must be a number that is not negative, and is NaN');
  });

  it('leaves out a whole group where one of it is too large or can run nowhere, and no more', () => {
    const inGroup = (groupId: string) => ({ groupId });
    const launches = [
      aLaunch('a', {}, inGroup('large')),
      aLaunch('b', {}),
      aLaunch('c', { mem: 1000 }, inGroup('large')),
      aLaunch('d', {}, inGroup('broken')),
      aLaunch('e', { mem: -1 }, inGroup('broken')),
    ];
    const { tasks, groups, refusals } = planLaunch([offer], launches, settings);
    expect(idsOf(tasks)).toEqual(['b']);
    expect(groups).toEqual([]);
    expect(refusals.map(({ attemptId, state }) => [attemptId, state])).toEqual([
      ['a', 'TASK_DROPPED'],
      ['c', 'TASK_DROPPED'],
      ['d', 'TASK_ERROR'],
      ['e', 'TASK_ERROR'],
    ]);
    expect(refusals[2]?.message).toContain('Not started with its group: resources.mem');
  });

  it('says what an offer lacks for the executor of a group', () => {
    const launches = [aLaunch('a', { mem: 32 }, { groupId: 'g' })];
    const { groups, refusals } = planLaunch([offer], launches, settings);
    expect(groups).toEqual([]);
    expect(refusals[0]?.message).toMatch(/too little left of disk for the executor of the group/);
  });

  it.each<[string, Partial<mesos.Resource>, Partial<TaskResources>]>([
    ['revocable', { revocable: {} }, { revocable: true }],
    ['unreserved', {}, { reservation: 'unreserved' }],
  ])('gives the executor of a group %s resources where its tasks have those', (_, more, wanted) => {
    const reservations: mesos.Resource['reservations'] = [{ type: 'STATIC', role: 'galaxy' }];
    const amounts = ['cpus', 'mem', 'disk'].map(
      (name): mesos.Resource => ({ name, type: 'SCALAR', scalar: { value: 100 } }),
    );
    const resources = [
      ...amounts.map((piece) => ({ ...piece, reservations })),
      ...amounts.map((piece) => ({ ...piece, ...more })),
    ];
    const task = aLaunch('a', {}, { groupId: 'g' });
    const launch = { ...task, resources: { cpus: 1, mem: 64, disk: 2, ...wanted } };
    const { groups } = planLaunch([{ ...offer, resources }], [launch], settings);
    const taken = groups.flatMap(({ executor }) => executor.resources ?? []);
    expect(taken).toEqual([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.01 }, ...more },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 }, ...more },
      { name: 'disk', type: 'SCALAR', scalar: { value: 1 }, ...more },
    ]);
  });

  it('takes nothing of an offer for what it refuses', () => {
    const launches = [
      aLaunch('a', { mem: 60 }, { groupId: 'g' }),
      aLaunch('b', { mem: 60 }, { groupId: 'g' }),
      aLaunch('c', { mem: 100, cpus: 2 }),
    ];
    expect(idsOf(planLaunch([offer], launches, settings).tasks)).toEqual(['c']);
  });

  it('refuses what is not as it was asked for', () => {
    const launches = [
      aLaunch('a', {}, { assigned: { ports: [1] } }),
      aLaunch('b', {}, { assigned: { disks: ['/mnt'] } }),
      { ...aLaunch('c', {}), resources: { cpus: 1, mem: 1, disk: 0, gpus: 0.5 } },
      { ...aLaunch('d', {}), resources: { cpus: 1, mem: 1, disk: 0, scalars: { licences: -1 } } },
    ];
    const { tasks, refusals } = planLaunch([offer], launches, settings);
    expect(tasks).toEqual([]);
    expect(refusals.map(({ message }) => message)).toEqual([
      'assigned.ports must be the 0 ports asked for, and are 1',
      'assigned.disks must be the 0 disks asked for, and are 1',
      'resources.gpus must be a whole number, and is 0.5',
      'resources.scalars.licences must be a number that is not negative, and is -1',
    ]);
  });
});
