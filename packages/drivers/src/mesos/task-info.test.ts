import { createCodec } from '@galaxy-mesos/mesos-client';
import type { Launch } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { duration, taskInfo } from './task-info.ts';

const launch: Launch = {
  attemptId: 'task-1',
  name: 'sort',
  command: 'sort <in >out',
  environment: { LC_ALL: 'C', EMPTY: '' },
  resources: { cpus: 1, mem: 64, disk: 0 },
};
const defaults = { environment: { MESOS_URL: '10.0.0.1:5050' }, killGraceSeconds: 3 };

describe('taskInfo', () => {
  it('runs the command by a shell, with the environment of the launch and MESOS_URL', () => {
    expect(taskInfo(launch, 'agent-1', [], defaults)).toEqual({
      name: 'sort',
      task_id: { value: 'task-1' },
      agent_id: { value: 'agent-1' },
      resources: [],
      command: {
        shell: true,
        value: 'sort <in >out',
        environment: {
          variables: [
            { name: 'MESOS_URL', value: '10.0.0.1:5050' },
            { name: 'LC_ALL', value: 'C' },
            { name: 'EMPTY', value: '' },
          ],
        },
      },
      kill_policy: { grace_period: { nanoseconds: 3_000_000_000n } },
    });
  });

  it('lets a launch set a MESOS_URL of its own', () => {
    const own = { ...launch, environment: { MESOS_URL: 'elsewhere:5050' } };
    expect(taskInfo(own, 'agent-1', [], defaults).command?.environment?.variables).toEqual([
      { name: 'MESOS_URL', value: 'elsewhere:5050' },
    ]);
  });

  it('tells the command its ports, in the order in which they were assigned', () => {
    const withPorts = { ...launch, environment: {}, assigned: { ports: [31_005, 31_001] } };
    const { command } = taskInfo(withPorts, 'agent-1', [], { ...defaults, environment: {} });
    expect(command?.environment?.variables).toEqual([
      { name: 'PORT0', value: '31005' },
      { name: 'PORT1', value: '31001' },
      { name: 'PORTS', value: '31005,31001' },
    ]);
  });

  it('runs the command as the user, and in the image, that the launch names', () => {
    const volumes = [{ path: '/data' }, { path: '/refs', readOnly: true }];
    const inImage = (type: 'mesos' | 'docker') =>
      taskInfo(
        { ...launch, runAs: 'galaxy', container: { image: 'q.io/x:1', type, volumes } },
        'a',
        [],
        defaults,
      );
    const mounted = [
      { mode: 'RW', container_path: '/data', host_path: '/data' },
      { mode: 'RO', container_path: '/refs', host_path: '/refs' },
    ];
    expect(inImage('mesos').command?.user).toBe('galaxy');
    expect(inImage('mesos').container).toEqual({
      type: 'MESOS',
      mesos: { image: { type: 'DOCKER', docker: { name: 'q.io/x:1' } } },
      volumes: mounted,
    });
    expect(inImage('docker').container).toMatchObject({
      type: 'DOCKER',
      docker: { image: 'q.io/x:1', network: 'HOST' },
      volumes: mounted,
    });
    const codec = createCodec('protobuf', 'mesos.v1.TaskInfo');
    for (const type of ['mesos', 'docker'] as const)
      expect(codec.decode(codec.encode(inImage(type)))).toMatchObject({ container: { volumes: mounted } });
  });

  it('limits how long it may run only if that was asked for', () => {
    expect(taskInfo(launch, 'agent-1', [], defaults)).not.toHaveProperty('max_completion_time');
    const limited = taskInfo({ ...launch, maximumRunSeconds: 1.5 }, 'agent-1', [], defaults);
    expect(limited.max_completion_time).toEqual({ nanoseconds: 1_500_000_000n });
  });

  it('is a message that the codec takes, empty values included', () => {
    const codec = createCodec('protobuf', 'mesos.v1.TaskInfo');
    const task = taskInfo(launch, 'agent-1', [], defaults);
    const variables = codec.decode(codec.encode(task)).command?.environment?.variables;
    expect(variables).toContainEqual(expect.objectContaining({ name: 'EMPTY', value: '' }));
  });
});

describe('duration', () => {
  it.each([
    [0.5, 500_000_000n],
    [-1, 0n],
    [Number.POSITIVE_INFINITY, 3_153_600_000_000_000_000n],
  ])('makes nanoseconds of %d s, between nothing and 100 years', (seconds, nanoseconds) => {
    expect(duration(seconds)).toEqual({ nanoseconds });
  });
});
