import { describe, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import type { ClusterDefinition } from '../definition/definition.ts';
import { masterBatchJob } from './master-batch-job.ts';
import { pilotBatchJob } from './pilot-batch-job.ts';
import { settingOf } from './setting.ts';

const define = (options: Parameters<typeof defineCluster>[0]['options']): ClusterDefinition =>
  defineCluster({ name: 'night', options: { on: 'slurm', ...options }, sites: [] });

const pilot = { pilot: 'gm-night-main-aaaaaaaa', pool: 'main', token: 'abc', excludedNodes: ['n7'] };
const size = { cpus: '8', mem: '32G', walltime: '8h', agents: '2' };

describe('the batch job of a pilot', () => {
  it('is of the size of its pool, in a directory of its own', () => {
    const definition = define({ ...size, gpus: '1', queue: 'fast', account: 'bio', master: 'm:5050' });
    const job = pilotBatchJob(definition, '/shared/night', pilot);
    expect(job).toMatchObject({
      name: 'gm-night-main-aaaaaaaa',
      directory: '/shared/night/pilots/gm-night-main-aaaaaaaa',
      log: '/shared/night/pilots/gm-night-main-aaaaaaaa/log',
      cpus: 8,
      memMb: 32_768,
      gpus: 1,
      walltimeSeconds: 28_800,
      queue: 'fast',
      account: 'bio',
      excludedNodes: ['n7'],
    });
    expect(job.script).toMatch(/^#!\/bin\/bash\n/);
  });

  it('shows its master the credential of the cluster, and keeps memory for its agent, as the pools know', () => {
    const definition = define({ ...size, masterHere: true });
    const { script, memMb } = pilotBatchJob(definition, '/shared/night', pilot);
    expect(script).toContain("'--credential=/shared/night/access/credential.json'");
    expect(script).toContain("'--authenticate_http_readwrite'");
    expect(memMb).toBe(32_768);
    expect(script).toContain('agent_mem_mb=984\n');
    expect(settingOf(definition, [], undefined).pools[0]?.memMb).toBe(32_768 - 984);
  });

  it('has the flags of the definition in the place of others', () => {
    const definition = {
      ...define({ ...size, masterHere: true }),
      agentFlags: ['--no-authenticate_http_readonly'],
    };
    const { script } = pilotBatchJob(definition, '/shared/night', pilot);
    expect(script).toContain("'--no-authenticate_http_readonly'");
    expect(script).not.toContain("'--authenticate_http_readonly'");
  });

  it('is warned by the queue at its hard margin or later, and never much earlier than needed', () => {
    const long = define({ ...size, master: 'm:5050' });
    expect(pilotBatchJob(long, '/shared/night', pilot).warningSeconds).toBe(20);
    const short = define({ ...size, walltime: '60s', master: 'm:5050' });
    const hard = short.pools.main?.hardMarginSeconds ?? 0;
    expect(hard).toBeLessThan(20);
    expect(pilotBatchJob(short, '/shared/night', pilot).warningSeconds).toBe(hard);
  });

  it('is of a pool that there is', () => {
    const definition = define({ ...size, master: 'm:5050' });
    expect(() => pilotBatchJob(definition, '/shared/night', { ...pilot, pool: 'big' })).toThrow(
      /INVALID_DEFINITION.*no pool big/,
    );
  });
});

describe('the batch job of a master', () => {
  it('lets in nobody without the credential of the cluster, unless its flags say otherwise', () => {
    const job = { name: 'gm-night-_master-aaaaaaaa', token: 'abc' };
    const definition = define({ ...size, masterInJob: true });
    const { script } = masterBatchJob(definition, '/shared/night', job);
    expect(script).toContain("'--authenticate_agents'");
    expect(script).toContain("'--credentials=/shared/night/access/credentials.json'");
    const own = { ...definition, masterFlags: ['--credentials=/own', '--acls=/acls'] };
    const other = masterBatchJob(own, '/shared/night', job).script;
    expect(other).toContain("'--credentials=/own' '--acls=/acls'");
    expect(other).not.toContain('access/credentials.json');
  });

  it('is there only where the master is in a batch job', () => {
    const job = { name: 'gm-night-_master-aaaaaaaa', token: 'abc' };
    const definition = define({ ...size, masterInJob: true });
    const { directory, gpus } = masterBatchJob(definition, '/shared/night', job);
    expect([directory, gpus]).toEqual(['/shared/night/master/gm-night-_master-aaaaaaaa', 0]);
    expect(() => masterBatchJob(define({ ...size, masterHere: true }), '/shared/night', job)).toThrow(
      /INVALID_DEFINITION/,
    );
  });
});
