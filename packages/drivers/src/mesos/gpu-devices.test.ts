import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { agentResources } from './agent-resources.ts';
import { gpuVariableOf } from './gpu-devices.ts';
import { defaultGroupExecutor } from './group-executor.ts';
import { type PlanSettings, planLaunch } from './launch-plan.ts';

const scalar = (name: string, value: number): mesos.Resource => ({ name, type: 'SCALAR', scalar: { value } });

const devices = (...item: string[]): mesos.Resource => ({ name: 'gpu_devices', type: 'SET', set: { item } });

const variable = (value: string): mesos.Attribute => ({
  name: 'gpu_variable',
  type: 'TEXT',
  text: { value },
});

const settings: PlanSettings = {
  environment: {},
  killGraceSeconds: 3,
  frameworkId: 'framework',
  groupExecutor: defaultGroupExecutor,
};

const resources = [
  ...[scalar('cpus', 8), scalar('mem', 1000), scalar('disk', 10), scalar('gpus', 3)],
  devices('0', 'GPU-5a1b', 'MIG-aa/1/0'),
];

const offer: mesos.Offer = {
  id: { value: 'offer' },
  framework_id: { value: 'framework' },
  agent_id: { value: 'agent' },
  hostname: 'host',
  attributes: [variable('CUDA_VISIBLE_DEVICES')],
  resources,
};

const launch = (attemptId: string, gpus: number, changes: Partial<Launch> = {}): Launch => ({
  attemptId,
  name: attemptId,
  command: 'true',
  environment: {},
  resources: { cpus: 1, mem: 50, disk: 0, gpus },
  ...changes,
});

const variablesOf = ({ command }: mesos.TaskInfo): Record<string, string | undefined> =>
  Object.fromEntries((command?.environment?.variables ?? []).map(({ name, value }) => [name, value]));

describe('graphics processors that are told apart', () => {
  it('are each given to one task, which sees no other, and tasks that ask for none see none', () => {
    const launches = [launch('a', 1), launch('none', 0), launch('b', 2), launch('late', 1)];
    const { tasks, refusals } = planLaunch([offer], launches, settings);
    expect(tasks.map((task) => [task.name, variablesOf(task)])).toEqual([
      ['a', { CUDA_VISIBLE_DEVICES: '0' }],
      ['none', { CUDA_VISIBLE_DEVICES: '-1' }],
      ['b', { CUDA_VISIBLE_DEVICES: 'GPU-5a1b,MIG-aa/1/0' }],
    ]);
    const takenBy = (task: mesos.TaskInfo) => task.resources?.filter(({ name }) => name === 'gpu_devices');
    expect(tasks.map(takenBy)).toEqual([[devices('0')], [], [devices('GPU-5a1b', 'MIG-aa/1/0')]]);
    expect(refusals).toMatchObject([{ attemptId: 'late', state: 'TASK_DROPPED' }]);
  });

  it('are told to each task of a group, by the variable of the agent', () => {
    const launches = [launch('a', 1, { groupId: 'g' }), launch('b', 1, { groupId: 'g' })];
    const rocm = { ...offer, attributes: [variable('ROCR_VISIBLE_DEVICES')] };
    const [group] = planLaunch([rocm], launches, settings).groups;
    expect(group?.task_group.tasks?.map(variablesOf)).toEqual([
      { ROCR_VISIBLE_DEVICES: '0' },
      { ROCR_VISIBLE_DEVICES: 'GPU-5a1b' },
    ]);
  });

  it('are refused to a task where others have taken their names', () => {
    const short = { ...offer, resources: [...resources.slice(0, -1), devices('0')] };
    const { tasks, refusals } = planLaunch([short], [launch('a', 2)], settings);
    expect(tasks).toEqual([]);
    expect(refusals[0]?.message).toContain('too little left of gpu_devices');
  });

  it('are left to Mesos where its agent does not name them', () => {
    const plain = { ...offer, attributes: [], resources: resources.slice(0, -1) };
    const launches = [launch('a', 2), launch('none', 0)];
    expect(planLaunch([plain], launches, settings).tasks.map(variablesOf)).toEqual([{}, {}]);
    const half = { ...offer, resources: plain.resources };
    const none = { CUDA_VISIBLE_DEVICES: '-1' };
    expect(planLaunch([half], launches, settings).tasks.map(variablesOf)).toEqual([{}, none]);
    expect(gpuVariableOf({ attributes: [variable('x; rm -rf')] })).toBeUndefined();
  });

  it('are counted, and not named, where tasks are placed', () => {
    expect(agentResources(resources)).toEqual({ cpus: 8, mem: 1000, disk: 10, gpus: 3 });
  });
});
