import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderPilotScript } from './index.ts';

/** What agents and tasks of a pilot are told of GPUs. */
interface Told {
  /** Of the agent's flags. */
  readonly resources: readonly string[];
  readonly attributes: readonly string[];
  /** What tasks find in their environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What is told by a pilot that asked for so many and has found these variables. */
function toldOf(gpus: number, environment: Readonly<Record<string, string>>): Told {
  const script = renderPilotScript({
    cluster: 'test',
    pool: 'gpu',
    pilot: 'gm-test-gpu-abcdefgh',
    dialect: 'slurm',
    clusterDirectory: '/clusters/test',
    pilotDirectory: '/clusters/test/pilots/gm-test-gpu-abcdefgh',
    token: 'token',
    agent: ['mesos-agent'],
    setup: [],
    agentFlags: [],
    accessDirectory: '/clusters/test/access',
    cpus: 1,
    memMb: 100,
    agentMemMb: 0,
    gpus,
    walltimeSeconds: 3600,
    attributes: {},
    idleSeconds: 600,
    hardMarginSeconds: 60,
    warningSeconds: 60,
  });
  const lines = [
    'read_gpus',
    'cpus=1 mem_mb=1 disk_mb=1 ends=9999 ip=127.0.0.1 work=/w',
    'find_flags',
    'printf "%s\\n" "\u0024{flags[@]}"',
    'task_environment',
  ];
  const { stdout } = spawnSync(
    'bash',
    ['-c', `${script.replace(/\nwork_and_listen\n$/, '\n')}\n${lines.join('\n')}`],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment },
    },
  );
  const flag = (name: string) => new RegExp(`^--${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
  const variables: Record<string, string> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return {
    resources: flag('resources').split(';').slice(4),
    attributes: flag('attributes').split(';').slice(5),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => /DEVICE/.test(name))),
  };
}

describe('the GPUs of a pilot', () => {
  it.each([
    ['CUDA_VISIBLE_DEVICES', '4,7', '4,7'],
    ['CUDA_VISIBLE_DEVICES', '4, 7', '4,7'],
    ['CUDA_VISIBLE_DEVICES', 'GPU-5a1b-0c,MIG-2c3d/1/0', 'GPU-5a1b-0c,MIG-2c3d/1/0'],
    ['ROCR_VISIBLE_DEVICES', '1', '1'],
    ['HIP_VISIBLE_DEVICES', '0,2', '0,2'],
  ])('are named to Mesos as the queue has named them: %s=%s', (variable, value, devices) => {
    expect(toldOf(4, { [variable]: value })).toEqual({
      resources: [`gpus:${devices.split(',').length}`, `gpu_devices:{${devices}}`],
      attributes: [`gpu_variable:${variable}`],
      variables: { [variable]: devices },
    });
  });

  it.each([
    [{ SLURM_GPUS_ON_NODE: '3' }, '0,1,2'],
    [{}, '0,1,2,3'],
  ])('are the first ones where the queue does not say which they are: %j', (given, devices) => {
    const { resources, variables } = toldOf(4, given);
    expect(resources).toEqual([`gpus:${devices.split(',').length}`, `gpu_devices:{${devices}}`]);
    // On a machine with processors of AMD it is another variable.
    expect(Object.values(variables)).toEqual([devices]);
  });

  it.each(['$(touch)', '0;cpus:9', '0,0', '0,{1}'])(
    'are not told apart where they have no names that Mesos could count: %s',
    (value) => {
      expect(toldOf(2, { CUDA_VISIBLE_DEVICES: value })).toEqual({
        resources: [`gpus:${value.split(',').length}`],
        attributes: [],
        variables: { CUDA_VISIBLE_DEVICES: value },
      });
    },
  );

  it.each([
    [2, 'NoDevFiles'],
    [2, '-1'],
    [2, '10000'],
    [0, '0'],
  ])('are none where none were given, or asked for: %d, %s', (asked, value) => {
    expect(toldOf(asked, { CUDA_VISIBLE_DEVICES: value })).toEqual({
      resources: ['gpus:0'],
      attributes: [],
      variables: { CUDA_VISIBLE_DEVICES: value },
    });
  });

  it('are told by one variable, where the queue sets those of every make', () => {
    const given = { CUDA_VISIBLE_DEVICES: '1', ROCR_VISIBLE_DEVICES: '1', GPU_DEVICE_ORDINAL: '1' };
    expect(Object.values(toldOf(1, given).variables)).toEqual(['1']);
  });
});
