import { describe, expect, it } from 'vitest';
import { queueEnvironment } from './queue-environment.ts';

describe('the environment of queue commands', () => {
  it('is what they and their batch jobs need', () => {
    const needed = {
      PATH: '/bin',
      HOME: '/home/ann',
      LC_ALL: 'de',
      MODULEPATH: '/m',
      'BASH_FUNC_module%%': '() { :; }',
      SLURM_CONF: '/s',
      SGE_ROOT: '/g',
      LSF_ENVDIR: '/l',
      _CONDOR_SCHEDD_HOST: 'c',
      GALAXY_MESOS_CLUSTERS: '/c',
    };
    expect(queueEnvironment(needed)).toEqual(needed);
  });

  it('holds no secrets of a daemon, and nothing else that leads programs astray', () => {
    const names = [
      ...['GALAXY_MESOS_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'PGPASSWORD', 'DATABASE_URL', 'MESOS_URL'],
      ...['SBATCH_PARTITION', 'SLURM_JOB_ID', 'LD_PRELOAD', 'NODE_OPTIONS', 'BASH_FUNC_ls%%', 'MY_PATH'],
    ];
    expect(queueEnvironment(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual({});
  });
});
