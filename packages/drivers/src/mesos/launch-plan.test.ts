import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch, Resources } from '@galaxy-mesos/scheduler';
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
});
