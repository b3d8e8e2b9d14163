import { describe, expect, it } from 'vitest';
import { type ClusterDescription, defineCluster } from './define-cluster.ts';
import { clusterDefinitionSchema } from './definition.ts';

const shape = { on: 'slurm', cpus: '8', mem: '32G', walltime: '8h' };

/** What a file, options and settings of a site come to. */
const defined = (description: Partial<ClusterDescription>) =>
  defineCluster({ name: 'mine', options: {}, sites: [], ...description });

const ofFile = (text: string, ...sites: string[]) =>
  defined({
    file: { text, name: 'cluster.yaml' },
    sites: sites.map((site) => ({ text: site, name: 'site.yaml' })),
  });

/** The lines that tell what is wrong. */
function mistakes(description: Partial<ClusterDescription>): string[] {
  try {
    defined(description);
  } catch (error) {
    expect(error).toMatchObject({ name: 'QueueClusterError', code: 'INVALID_DEFINITION' });
    return String(error).replace('QueueClusterError: [INVALID_DEFINITION] ', '').split('\n');
  }
  return [];
}

const mistakesIn = (text: string): string[] => mistakes({ file: { text, name: 'c.yaml' } });

describe('what a queueing system cannot be told', () => {
  it.each([
    [{ extra: ['rm -rf /'] }, '--extra: the extra line "rm -rf /" is none of '],
    [{ queue: 'main\u0007' }, '--queue: '],
  ])('is refused before anything is started: %j', (said, told) => {
    const options = { on: 'slurm', agents: '1', cpus: '1', mem: '1G', walltime: '1h', ...said };
    expect(() => defineCluster({ name: 'mine', options, sites: [] })).toThrow(told);
  });
});

describe('a cluster by options', () => {
  it('has one pool, and neither more nor fewer agents than were asked for', () => {
    expect(defined({ options: { ...shape, agents: '10' } })).toEqual({
      version: 1,
      name: 'mine',
      programs: { agent: 'mesos-agent', master: 'mesos-master' },
      master: { kind: 'here' },
      authentication: 'credential',
      masterFlags: [],
      agentFlags: [],
      pools: {
        main: {
          dialect: 'slurm',
          ssh: [],
          setup: [],
          extra: [],
          cpus: 8,
          memMb: 32_768,
          agentMemMb: 984,
          walltimeSeconds: 28_800,
          gpus: 0,
          agents: 10,
          min: 10,
          max: 10,
          backlog: 10,
          idleSeconds: 600,
          keepAliveSeconds: 0,
          softMarginSeconds: 600,
          hardMarginSeconds: 60,
          attributes: {},
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell of the node fills it in
          scratch: '${TMPDIR:-/tmp}',
        },
      },
    });
  });

  it.each([
    [
      { agents: '10', min: '0', max: '200' },
      { agents: 10, min: 0, max: 200 },
    ],
    [
      { agents: '10', max: '200' },
      { agents: 10, min: 0, max: 200 },
    ],
    [
      { agents: '10', min: '2' },
      { agents: 10, min: 2, max: 10 },
    ],
    [
      { min: '1', max: '5' },
      { agents: 1, min: 1, max: 5 },
    ],
    [{ max: '5' }, { agents: 0, min: 0, max: 5 }],
  ])('takes %j for a range', (numbers, expected) => {
    expect(defined({ options: { ...shape, ...numbers } }).pools.main).toMatchObject(expected);
  });

  it('needs no sizes where this machine is tried out', () => {
    const { pools } = defined({ options: { on: 'shell', agents: '2' } });
    expect(pools.main).toMatchObject({ dialect: 'shell', cpus: 1, memMb: 1024, agents: 2 });
  });

  it.each([
    [{ master: '10.0.0.1:5050' }, { kind: 'existing', url: '10.0.0.1:5050' }],
    [{ masterHere: true }, { kind: 'here' }],
    [{ masterInJob: true }, { kind: 'in-job', job: { memMb: 2048, cpus: 1, walltimeSeconds: 28_800 } }],
  ])('has the master that %j says', (options, expected) => {
    expect(defined({ options: { ...shape, agents: '1', ...options } }).master).toMatchObject(expected);
  });

  it('has shorter margins where a pilot lives for minutes', () => {
    const { pools } = defined({ options: { ...shape, walltime: '10m', agents: '1' } });
    expect(pools.main).toMatchObject({ softMarginSeconds: 60, hardMarginSeconds: 30 });
  });

  it.each([
    [{ ...shape, mem: '32 potatoes' }, "--mem: expected a size such as 500M or 32G; it is '32 potatoes'"],
    [{ ...shape, agents: 'ten' }, "--agents: expected a whole number from 0 to 1000000; it is 'ten'"],
    [
      { ...shape, on: 'slum', agents: '1' },
      "--on: expected one of slurm, sge, pbs, torque, lsf, htcondor, shell; it is 'slum'; did you mean slurm?",
    ],
    [
      { cpus: '1', mem: '1G', walltime: '1h', agents: '1' },
      '--on: it is missing; say which queueing system there is, such as slurm',
    ],
    [
      { on: 'slurm', mem: '1G', walltime: '1h', agents: '1' },
      '--cpus: it is missing; say what a batch job asks for, such as 8',
    ],
    [shape, '--agents: it is missing; say how many: agents, or min and max'],
    [{ ...shape, agents: '5', max: '3' }, '--agents: expected at most max, which is 3; it is 5'],
    [{ ...shape, min: '5', max: '3' }, '--min: expected at most max, which is 3; it is 5'],
    [
      { ...shape, agents: '1', master: 'a:1', masterHere: true },
      '--master-here: there is one master: not also --master',
    ],
    [
      { ...shape, agents: '1', master: 'ftp://a' },
      '--master: [INVALID_MASTER_URL] "ftp://a" is not the address of a master: expected http or https',
    ],
  ])('says of %j what is wrong', (options, message) => {
    expect(mistakes({ options })).toEqual([message]);
  });

  it.each(['', '1st', 'a/b', '../a', 'a b', 'x'.repeat(25), 'a\nb'])('has no name such as %j', (name) => {
    const [line] = mistakes({ name, options: { ...shape, agents: '1' } });
    expect(line).toMatch(/^the name of the cluster: expected a name of at most 24 letters/);
  });
});

describe('a cluster file', () => {
  const file = `
on: slurm
queue: &q long
`;

  it('has pools in its order, each with what holds for all', () => {
    const { pools } = ofFile(`
on: slurm
setup: module load mesos
defaults: { walltime: 8h, mem: 16G, account: lab, extra: '#SBATCH --constraint=ib' }
pools:
  small: { cpus: 4, max: 100, idle: 5m }
  big: { cpus: 64, mem: 512G, queue: fat, min: 1, max: 4, extra: ['#SBATCH --exclusive'], setup: [ulimit -n 9999] }
`);
    expect(Object.keys(pools)).toEqual(['small', 'big']);
    expect(pools.small).toMatchObject({ cpus: 4, memMb: 16_384, account: 'lab', idleSeconds: 300 });
    expect(pools.big).toMatchObject({
      memMb: 524_288,
      queue: 'fat',
      account: 'lab',
      extra: ['#SBATCH --constraint=ib', '#SBATCH --exclusive'],
      setup: ['module load mesos', 'ulimit -n 9999'],
    });
  });

  it('overrules the site, whose preparations come first', () => {
    const definition = ofFile(
      'setup: b\nprograms: { agent: /b/agent }\npools: { p: { cpus: 1, agents: 1, mem: 2G } }',
      'on: sge\nsetup: a\nprograms: { agent: /a/agent, master: /a/master }\ndefaults: { walltime: 1h, mem: 1G }',
    );
    expect(definition.programs).toEqual({ agent: '/b/agent', master: '/a/master' });
    expect(definition.pools.p).toMatchObject({ dialect: 'sge', setup: ['a', 'b'], memMb: 2048 });
  });

  it('does not tell one queueing system what is the language of another', () => {
    const site =
      'on: slurm\nssh: ssh login\ndefaults: { queue: main, extra: "#SBATCH -x", walltime: 1h, mem: 1G }';
    const { pools } = ofFile('pools: { a: { cpus: 1, max: 1 }, b: { on: shell, max: 1 } }', site);
    expect(pools.a).toMatchObject({
      dialect: 'slurm',
      ssh: ['ssh', 'login'],
      queue: 'main',
      extra: ['#SBATCH -x'],
    });
    expect(pools.b).toMatchObject({ dialect: 'shell', ssh: [], extra: [], walltimeSeconds: 3600 });
    expect(pools.b).not.toHaveProperty('queue');
  });

  it('may describe a master in a batch job', () => {
    const { master } = ofFile(
      'on: slurm\nmaster: { at: in-job, walltime: 7d, mem: 4G, queue: service }\npools: { p: { cpus: 8, mem: 1G, walltime: 1h, max: 1, queue: q } }',
    );
    expect(master).toMatchObject({
      kind: 'in-job',
      job: { dialect: 'slurm', cpus: 1, memMb: 4096, walltimeSeconds: 604_800, queue: 'service' },
    });
  });

  it('prepares a master beside the launcher as the cluster is, not as one of its pools', () => {
    const { master } = ofFile(
      'on: slurm\nsetup: module load mesos\nimage: /m.sif\nmaster: { at: here, setup: export A=b }\npools: { p: { cpus: 8, mem: 1G, walltime: 1h, max: 1, setup: x } }',
    );
    expect(master).toEqual({ kind: 'here', setup: ['module load mesos', 'export A=b'], image: '/m.sif' });
  });

  it('can be overruled by options that are no pool’s', () => {
    const text = 'on: slurm\nmaster: in-job\npools: { p: { cpus: 1, mem: 1G, walltime: 1h, max: 1 } }';
    const options = { on: 'shell', master: '10.0.0.1:5050' };
    const definition = defined({ options, file: { text, name: 'c.yaml' } });
    expect(definition.master).toEqual({ kind: 'existing', url: '10.0.0.1:5050' });
    expect(definition.pools.p?.dialect).toBe('shell');
    expect(mistakes({ options: { cpus: '3' }, file: { text, name: 'c.yaml' } })).toEqual([
      '--cpus: pools stand in the cluster file, where this belongs; to change how many there are: cluster scale',
    ]);
  });

  it.each([
    [
      `${file}pools: {}`,
      [
        'c.yaml:3:1: queue: there is no such setting; there are on, ssh, setup, image, programs, master, authentication, master_flags, agent_flags, agent_address, defaults, pools',
      ],
    ],
    [
      'on: slurm\npools:\n  p: { cpus: 1, walltme: 1h }',
      ['c.yaml:3:17: pools.p.walltme: there is no such setting; did you mean walltime?'],
    ],
    [
      'pools:\n  a-b: {}',
      ['c.yaml:2:3: pools.a-b: expected a name of at most 24 letters, digits and _, a letter first'],
    ],
    ['pools: [1]', ['c.yaml:1:8: pools: expected a mapping; it is a list']],
    ['just text', ["c.yaml:1:1: expected a mapping; it is 'just text'"]],
    ['on:', ['c.yaml:1:1: on: expected one of slurm, sge, pbs, torque, lsf, htcondor, shell; it is empty']],
    [
      'on: slurm\ndefaults: { soft_margin: 2h }\npools:\n  p: { cpus: 1, mem: 1G, walltime: 1h, max: 1 }',
      ['c.yaml:2:26: pools.p.soft_margin: expected less than walltime, which is 1h; it is 2h'],
    ],
    [
      'on: slurm\npools:\n  p: { cpus: 1, mem: 1G, walltime: 1h, max: 1, soft_margin: 1m, hard_margin: 2m }',
      ['c.yaml:3:78: pools.p.hard_margin: expected at most soft_margin, which is 1m; it is 2m'],
    ],
    [
      'on: slurm\npools:\n  p: { mem: 1G, walltime: 1h, max: 1 }',
      ['c.yaml:3:6: pools.p.cpus: it is missing; say what a batch job asks for, such as 8'],
    ],
    [
      'on: slurm\nmaster: { at: here, cpus: 3 }\npools: { p: { cpus: 1, mem: 1G, walltime: 1h, max: 1 } }',
      ['c.yaml:2:27: master.cpus: only a master in a batch job has this'],
    ],
    ['on: slurm\non: sge', ['c.yaml:2:1: Map keys must be unique']],
    [
      'pools: { p: { attributes: { ends: 1 } } }',
      [
        'c.yaml:1:27: pools.p.attributes: expected names and values without ; (and none of the names pilot, pool, cluster, queue, host, ends, which pilots have by themselves); it is a mapping',
      ],
    ],
    [
      'pools: { p: { scratch: "/x/$(id)" } }',
      [
        "c.yaml:1:24: pools.p.scratch: expected an absolute path, in which $NAME may stand for a variable; it is '/x/$(id)'",
      ],
    ],
    ['on: slurm', ['c.yaml:1:1: pools: expected at least one pool']],
    ['a: *b', ['c.yaml:1:1: Unresolved alias (the anchor must be set before the alias): b']],
  ])('with %j is refused, and it is said where', (text, expected) => {
    expect(mistakesIn(text)).toEqual(expected);
  });

  it('is told all that is wrong with it at once, in its order', () => {
    const places = mistakesIn('ssh: [1, {}]\non: nothing\npools: { p: { cpus: 0, mem: x } }').map((line) =>
      line.split(' ', 2).join(' '),
    );
    expect(places).toEqual([
      'c.yaml:1:6: ssh:',
      'c.yaml:2:5: on:',
      'c.yaml:3:21: pools.p.cpus:',
      'c.yaml:3:29: pools.p.mem:',
    ]);
  });

  it('of a site has no pools', () => {
    expect(
      mistakes({ options: { ...shape, agents: '1' }, sites: [{ text: 'pools: {}', name: 's.yaml' }] }),
    ).toEqual([
      's.yaml:1:1: pools: there is no such setting; there are on, ssh, setup, image, programs, master, authentication, master_flags, agent_flags, agent_address, defaults',
    ]);
  });
});

describe('clusterDefinitionSchema', () => {
  it('takes back from the disk what was defined', () => {
    const definition = defined({
      options: { ...shape, agents: '3', masterInJob: true, extra: ['#SBATCH -x'] },
    });
    expect(clusterDefinitionSchema.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });
});
