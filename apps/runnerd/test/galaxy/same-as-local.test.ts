import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type JobReport,
  type RealGalaxy,
  reportJob,
  requireRealGalaxy,
  startGalaxy,
} from '../../../../test-fixtures/real-galaxy/real-galaxy.ts';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import {
  type RealPulsar,
  requireRealPulsar,
  startPulsar,
} from '../../../../test-fixtures/real-pulsar/real-pulsar.ts';
import { eightLines, together } from './eight-lines.ts';
import { fastq, reportTasks, splitLines } from './parts.ts';
import { type RunningDaemon, startDaemon } from './running-daemon.ts';
import { comparableTools } from './tools.ts';

const available = [requireRealGalaxy(), requireRealMesos(), requireRealPulsar()].every(Boolean);
// Galaxy takes its time on a busy machine.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });
const token = 'of-the-tests';

/** Where each tool is run: by Galaxy itself, on Mesos without a shared file system, and by a daemon on this machine. */
const ours = ['mesos', 'here'] as const;
/** Other ways for files to travel between Galaxy and a daemon, each by lines that go with the eight. */
const ways = {
  caching: { runner: '\n    transport: curl\n    cache: true', environment: '' },
  fetching: { runner: '', environment: '\n      default_file_action: remote_transfer' },
} as const;
/** Where jobs are cut: by a daemon on this machine, and by one on Mesos with a shared file system. */
const cutting = ['parts', 'partsonmesos'] as const;
const environments = ['local', ...ours, 'caching', 'fetching', 'pulsar', ...cutting] as const;
type Environment = (typeof environments)[number];
/** With inputs and outputs of all kinds. */
const travelling = ['joins', 'extra_files', 'lists', 'names'];

/** What is run whole by Galaxy, and in parts where jobs are cut. */
const cut = ['reads', 'bad_read'];

/** Whether a tool is run there, beside all that are run by Galaxy and by the daemons that have only the eight lines. */
function isTried(environment: Environment, tool: string): boolean {
  if (environment in ways) return travelling.includes(tool);
  if (environment in splitLines || cut.includes(tool)) {
    return cut.includes(tool) && (environment in splitLines || environment === 'local');
  }
  // Pulsar is there to see that it goes on working, not to be looked at.
  return environment !== 'pulsar' || tool === 'single';
}

describe.skipIf(!available)('a Galaxy with the eight lines of two daemons, and a Pulsar beside them', () => {
  const stack = new AsyncDisposableStack();
  let mesos: RealMesos;
  let galaxy: RealGalaxy;
  let historyId: string;
  let tasks: ReturnType<typeof reportTasks>;
  const jobs = new Map<string, string>();

  beforeAll(async () => {
    mesos = await startMesos({
      agents: [1, 2].map(() => ({ resources: 'cpus:2;mem:4096;disk:8192' })),
    });
    stack.defer(() => mesos.stop());
    const onMesos: RunningDaemon = stack.use(await startDaemon(['--mesos', mesos.url, '--staging', 'http']));
    const here = stack.use(await startDaemon());
    const onSharedMesos = stack.use(await startDaemon(['--mesos', mesos.url]));
    const daemons = { parts: here, partsonmesos: onSharedMesos };
    tasks = stack.use(reportTasks(Object.values(daemons)));
    const pulsar: RealPulsar = stack.use(await startPulsar({ token }));
    galaxy = stack.use(
      await startGalaxy({
        environments,
        job: together([
          eightLines('mesos', onMesos.url, token),
          eightLines('here', here.url, token),
          ...Object.entries(ways).map(([name, more]) => {
            const { runners, environments } = eightLines(name, here.url, token);
            return { runners: runners + more.runner, environments: environments + more.environment };
          }),
          eightLines('pulsar', pulsar.url, token),
          ...cutting.map((name) => {
            const { runners, environments } = eightLines(name, daemons[name].url, token);
            return { runners, environments: environments + splitLines[name] };
          }),
        ]),
        settings: { use_tasked_jobs: true },
      }),
    );
    historyId = await galaxy.api.newHistory('tools');
    const reads = async (text: string) => ({
      input: { src: 'hda', id: await galaxy.api.upload(historyId, 'reads', text, 'fastqsanger') },
    });
    const tools = {
      ...(await comparableTools(galaxy.api, historyId)),
      ...{ facts: {}, mesos_url: {} },
      // Galaxy's own splitter loses the eighth of eleven.
      ...{ reads: await reads(fastq(11)), bad_read: await reads(fastq(11, 6)) },
    };
    for (const [tool, inputs] of Object.entries(tools)) {
      for (const environment of environments) {
        if (isTried(environment, tool)) await start(environment, tool, inputs);
      }
    }
  });
  afterAll(() => stack.disposeAsync());

  const start = async (environment: Environment, tool: string, inputs: Readonly<Record<string, unknown>>) => {
    jobs.set(`${tool}_${environment}`, await galaxy.api.run(historyId, `${tool}_${environment}`, inputs));
  };

  const report = (environment: Environment, tool: string): Promise<JobReport> => {
    const job = jobs.get(`${tool}_${environment}`);
    if (job === undefined) throw new Error(`${tool} was not started in ${environment}`);
    return reportJob(galaxy.api, job);
  };

  const outputOf = async (
    environment: Environment,
    tool: string,
  ): Promise<Readonly<Record<string, string>>> => {
    const { state, outputs } = await report(environment, tool);
    const lines = outputs.output?.contents.trim().split('\n') ?? [];
    return { state, ...Object.fromEntries(lines.map((line) => line.split(/=(.*)/, 2))) };
  };

  describe.each(ours)('in the environment %s', (environment) => {
    it.each([
      ['single', 'a tool that takes one dataset', 'ok'],
      ['fails', 'a tool that fails', 'error'],
      ['killed', 'a tool that a signal ends', 'error'],
      ['complains', 'a tool that writes to stderr', 'ok'],
      ['complains_of_old', 'an old tool, for which stderr counts as an error', 'error'],
      ['judged', 'a tool with rules for exit codes and words', 'error'],
      ['lists', 'a tool with collections and datasets found after the run', 'ok'],
      ['extra_files', 'a tool whose output has files beside it', 'ok'],
      ['joins', 'a tool with several inputs, a configuration, a script and outputs in its directory', 'ok'],
      ['names', 'a tool that says in galaxy.json what its output is', 'ok'],
      ['links', 'a tool whose output is a link to its input', 'ok'],
      ['large', 'a tool with a large output', 'ok'],
      ['speaks', 'a tool that speaks many scripts, and bytes that are no text', 'ok'],
      ['splits', "a tool for Galaxy's task splitting", 'ok'],
      ['nothing', 'a tool that makes none of its outputs', 'ok'],
    ])('%s, %s, ends as it does where Galaxy runs it', async (tool, _what, state) => {
      const expected = await report('local', tool);
      expect(expected.state).toBe(state);
      expect(await report(environment, tool)).toEqual(expected);
    });

    it('reads the files beside an input', async () => {
      const page = await galaxy.api.job(jobs.get(`extra_files_${environment}`) ?? '');
      const inputs = { input: { src: 'hda', id: page.outputs.output?.id } };
      for (const each of ['local', environment] as const) await start(each, 'reads_extra_files', inputs);
      const expected = await report('local', 'reads_extra_files');
      expect(expected.outputs.output?.contents).toContain('two\n');
      expect(await report(environment, 'reads_extra_files')).toEqual(expected);
    });

    it('gives a tool the surroundings that Galaxy gives it', async () => {
      const local = await outputOf('local', 'facts');
      const facts = await outputOf(environment, 'facts');
      const { state, home, tmp, working, files, umask } = local;
      expect(facts).toMatchObject({ state, home, tmp, working, files, umask });
      const memory = expect.stringMatching(/^\d+$/);
      expect(facts).toMatchObject({ slots: '1', configured: '1', memory, memory_per_slot: facts.memory });
    });
  });

  it.each((['caching', 'fetching'] as const).flatMap((way) => travelling.map((tool) => ({ way, tool }))))(
    'ends $tool as Galaxy does, with its files $way',
    async ({ way, tool }) => {
      expect(await report(way, tool)).toEqual(await report('local', tool));
    },
  );

  it('tells tools the URL of the master on Mesos, and none elsewhere', async () => {
    const contents = async (environment: Environment) =>
      (await report(environment, 'mesos_url')).outputs.output?.contents;
    // The host is what the master calls itself.
    expect(await contents('mesos')).toContain(`:${new URL(mesos.url).port}\n`);
    expect(await contents('here')).toBe('absent\n');
    expect(await contents('local')).toBe('absent\n');
  });

  describe.each(cutting)('in the environment %s, where jobs are cut', (environment) => {
    it('has of a tool in parts what it has of the whole', async () => {
      const expected = await report('local', 'reads');
      expect(expected).toMatchObject({ state: 'ok', exitCode: 0 });
      expect(expected.outputs.names?.contents.split('\n')).toHaveLength(12);
      expect(await report(environment, 'reads')).toEqual(expected);
      expect(tasks.of(`reads_${environment}`)).toBe(environment === 'parts' ? 3 : 4);
    });

    it('sees a job fail of which a part fails, with what that part says', async () => {
      const { state, exitCode, stderr } = await report('local', 'bad_read');
      expect({ state, exitCode, stderr }).toEqual({
        state: 'error',
        exitCode: 3,
        stderr: 'cannot read @bad\n',
      });
      expect(await report(environment, 'bad_read')).toMatchObject({ state, exitCode, stderr });
    });
  });

  it('goes on using its own task splitting, and a Pulsar', async () => {
    const { state, outputs } = await report('local', 'single');
    expect(await report('pulsar', 'single')).toMatchObject({ state, outputs });
    await report('local', 'splits');
    // Five lines, two a task; those that ran elsewhere were not split.
    const log = galaxy.endOfLog(Number.POSITIVE_INFINITY);
    expect(log.match(/task \d+ for job \d+ ended; exit code: 0/g)).toHaveLength(3);
  });
});
