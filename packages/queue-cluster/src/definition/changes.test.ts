import { describe, expect, it } from 'vitest';
import { changesOf } from './changes.ts';
import { defineCluster } from './define-cluster.ts';
import type { ClusterDefinition } from './definition.ts';
import { fingerprintOf } from './fingerprint.ts';

const define = (text: string): ClusterDefinition =>
  defineCluster({ name: 'mine', options: {}, file: { text, name: 'cluster.yaml' }, sites: [] });

const main = 'cpus: 8, mem: 32G, walltime: 8h, max: 4';
const before = define(`on: slurm\npools: { main: { ${main} } }`);
const fingerprint = (definition: ClusterDefinition, pool = 'main') => {
  const found = definition.pools[pool];
  return found && fingerprintOf(definition, found);
};

describe('what another definition changes', () => {
  it('is nothing where it says the same, in whatever order', () => {
    const same = define(`pools: { main: { max: 4, walltime: 8h, mem: 32768M, cpus: 8, on: slurm } }`);
    expect(changesOf(before, same)).toEqual({ changes: [], refusals: [] });
    expect(fingerprint(same)).toBe(fingerprint(before));
  });

  it('is told by pool, what holds at once and what holds for pilots from now on', () => {
    const after = define(
      'on: slurm\npools: { main: { cpus: 8, mem: 32G, walltime: 4h, queue: short, max: 9, idle: 5m, extra: "#SBATCH -x a" } }',
    );
    expect(changesOf(before, after)).toEqual({
      changes: [
        'pool main: max 9 instead of 4, idle 5m instead of 10m',
        'pool main: walltime 4h instead of 8h, queue short instead of none, other extra; for pilots from now on',
      ],
      refusals: [],
    });
    expect(fingerprint(after)).not.toBe(fingerprint(before));
  });

  it.each(['31000', '80-90', '32000-31000', '31000-70000', '31000-31010,32000-32010'])(
    'has no ports such as %s',
    (ports) => {
      expect(() => define(`on: slurm\npools: { main: { ${main}, ports: '${ports}' } }`)).toThrow(
        'expected ports such as 31000-31099',
      );
    },
  );

  it('leaves pilots what they are where only the launcher goes by it', () => {
    const after = define(
      `on: slurm\npools: { main: { ${main}, idle: 1m, backlog: 3, keep_alive: 1h, min: 2 } }`,
    );
    expect(fingerprint(after)).toBe(fingerprint(before));
  });

  it.each([
    ['agent_flags: --perf_events=cycles', 'all pools: other agent_flags; for pilots from now on'],
    [
      'programs: { agent: /opt/agent }',
      'all pools: mesos-agent is /opt/agent instead of mesos-agent; for pilots from now on',
    ],
    ['setup: module load mesos', 'pool main: other setup; for pilots from now on'],
  ])('is another pilot by %s', (line, told) => {
    const after = define(`on: slurm\n${line}\npools: { main: { ${main} } }`);
    expect(changesOf(before, after)).toEqual({ changes: [told], refusals: [] });
    expect(fingerprint(after)).not.toBe(fingerprint(before));
  });

  it('may be pools that come and go, and their order', () => {
    const two = define(`on: slurm\npools: { main: { ${main} }, big: { ${main} } }`);
    const turned = define(`on: slurm\npools: { big: { ${main} }, main: { ${main} } }`);
    expect(changesOf(before, two).changes).toEqual(['pool big is new']);
    expect(changesOf(two, before).changes).toEqual([
      'pool big is taken out: it gets no work, and goes when its tasks have ended',
    ]);
    expect(changesOf(two, turned).changes).toEqual(['the pools are asked in another order: big, main']);
  });

  it('may be how everything is prepared, also a master beside the launcher', () => {
    const prepared = define(`on: slurm\nsetup: module load mesos\npools: { main: { ${main} } }`);
    expect(changesOf(before, prepared)).toMatchObject({ refusals: [] });
  });

  it('may be the next batch job of the master, as its walltime is that of the longest pool', () => {
    const inJob = define(`on: slurm\nmaster: in-job\npools: { main: { ${main} } }`);
    const longer = define(
      'on: slurm\nmaster: in-job\npools: { main: { cpus: 8, mem: 32G, walltime: 9h, max: 4 } }',
    );
    expect(changesOf(inJob, longer)).toMatchObject({
      changes: ['the batch job of the master: for the next one', expect.stringContaining('walltime 9h')],
      refusals: [],
    });
  });

  it.each([
    ['master: in-job', 'its master, which is here'],
    ['master: 10.0.0.1:5050', 'its master, which is here'],
    ['authentication: none', 'whom it lets in (authentication)'],
    ['master_flags: --max_agent_ping_timeouts=9', 'the flags of its master (master_flags)'],
    ['programs: { master: /opt/master }', 'the program of its master (programs: master)'],
    ['ssh: ssh login1', expect.stringContaining('the queueing system of the pool main (on, ssh)')],
  ])('cannot be %s', (line, told) => {
    const after = define(`on: slurm\n${line}\npools: { main: { ${main} } }`);
    expect(changesOf(before, after).refusals).toEqual([told]);
  });
});
