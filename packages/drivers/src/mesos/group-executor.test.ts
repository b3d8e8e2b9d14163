import { addResources, type Launch, type Resources } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { defaultGroupExecutor, executorIdOf, makeRoom } from './group-executor.ts';

const aLaunch = (attemptId: string, resources: Resources): Launch => ({
  attemptId,
  name: attemptId,
  command: 'true',
  environment: {},
  resources,
  groupId: 'group',
});

const small = aLaunch('small', { cpus: 0.1, mem: 32, disk: 0 });
const large = aLaunch('large', { cpus: 2, mem: 512, disk: 10 });

describe('makeRoom', () => {
  it('takes what the executor needs off the largest task, so that the whole is as large as before', () => {
    const { launches, extra } = makeRoom([small, large], defaultGroupExecutor);
    expect(launches.map(({ resources }) => resources)).toEqual([
      small.resources,
      { cpus: 1.99, mem: 480, disk: 9 },
    ]);
    expect(extra).toEqual({ cpus: 0, mem: 0, disk: 0 });
    const whole = launches.reduce((sum, { resources }) => addResources(sum, resources), defaultGroupExecutor);
    expect(whole).toEqual(addResources(small.resources, large.resources));
  });

  it('leaves tasks what they need where they are small', () => {
    const { launches, extra } = makeRoom([small], defaultGroupExecutor);
    expect(launches[0]?.resources).toEqual({ cpus: 0.09, mem: 32, disk: 0 });
    expect(extra).toEqual({ cpus: 0, mem: 32, disk: 1 });
  });
});

describe('executorIdOf', () => {
  it('is another one when the group is tried again', () => {
    expect(executorIdOf([small, large])).not.toBe(executorIdOf([large, small]));
  });
});
