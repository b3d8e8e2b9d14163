import {
  absenceOf,
  changeWanted,
  clustersDirectory,
  knownCluster,
  readDefinition,
  type WantedPool,
} from '@galaxy-mesos/queue-cluster';
import { Command, Option } from 'commander';
import { scaledPool } from '../cluster-commands/scaled-pool.ts';
import { takeDown } from '../cluster-commands/take-down.ts';
import { withUsage } from '../cluster-commands/usage-of.ts';
import { wholeNumber } from '../options.ts';
import { UsageError } from '../usage-error.ts';

interface ScaleOptions {
  readonly pool?: string;
  readonly agents?: number;
  readonly min?: number;
  readonly max?: number;
}

/** `galaxy-mesos cluster scale`: have more or fewer agents. */
export const scaleCommand = (): Command =>
  new Command('scale')
    .summary('have more or fewer agents')
    .argument('<name>', 'the cluster')
    .option('--pool <pool>', 'of this pool, if there are several')
    .addOption(
      new Option('--agents <number>', 'neither more nor fewer than so many').argParser(wholeNumber(0)),
    )
    .addOption(new Option('--min <number>', 'so many are kept without work, too').argParser(wholeNumber(0)))
    .addOption(new Option('--max <number>', 'so many at most').argParser(wholeNumber(0)))
    .addHelpText('after', '\nPools that are paused, because their queue refused them, are tried again.')
    .action(async (name: string, options: ScaleOptions) => {
      const [pool, to] = await withUsage(() => scale(name, options));
      process.stdout.write(`${name}: pool ${pool} is to have ${rangeText(to)} agents\n`);
      await remindOfLauncher(name);
    });

async function scale(name: string, { pool: asked, ...numbers }: ScaleOptions): Promise<[string, WantedPool]> {
  const directory = await knownCluster(clustersDirectory(process.env), name);
  const { pools } = await readDefinition(directory);
  const names = Object.keys(pools);
  const pool = asked ?? (names.length === 1 ? names[0] : undefined);
  const defined = pool === undefined ? undefined : pools[pool];
  if (pool === undefined || !defined) {
    const said = asked === undefined ? 'say which pool: --pool NAME' : `there is no pool ${asked}`;
    throw new UsageError(`${said}; there are: ${names.join(', ')}`);
  }
  const wanted = await changeWanted(directory, (before, at) => {
    if (before && before.state !== 'up') {
      throw new UsageError(
        `the cluster ${name} is ${before.state}, and gets no agents; galaxy-mesos cluster up ${name}`,
      );
    }
    const to = scaledPool(before?.pools[pool] ?? { min: defined.min, max: defined.max }, numbers);
    return { state: 'up', pools: { ...before?.pools, [pool]: to }, at };
  });
  return [pool, wanted?.pools[pool] ?? defined];
}

const rangeText = ({ min, max }: WantedPool): string => (min === max ? String(min) : `${min} to ${max}`);

/** `galaxy-mesos cluster drain`: let what runs end, and start nothing. */
export const drainCommand = (): Command =>
  new Command('drain')
    .summary('let what runs end, and start nothing new')
    .argument('<name>', 'the cluster')
    .action(async (name: string) => {
      await withUsage(async () => {
        const directory = await knownCluster(clustersDirectory(process.env), name);
        await changeWanted(directory, (before, at) => {
          if (before?.state === 'down') throw new UsageError(`the cluster ${name} is going down`);
          return { pools: before?.pools ?? {}, state: 'draining', at };
        });
      });
      const ways = `galaxy-mesos cluster up ${name} takes that back, down ${name} ends the rest`;
      process.stdout.write(`${name} is draining: agents end when their tasks have. ${ways}\n`);
      await remindOfLauncher(name);
    });

/** `galaxy-mesos cluster down`: end a cluster. */
export const downCommand = (exit: (code: number) => void): Command =>
  new Command('down')
    .summary('end a cluster; nothing is left of it')
    .argument('<name>', 'the cluster')
    .addHelpText('after', '\nTasks that run are ended; to wait for them first: galaxy-mesos cluster drain')
    .action(async (name: string) => {
      exit(
        await withUsage(async () => {
          const clusters = clustersDirectory(process.env);
          await knownCluster(clusters, name);
          return takeDown(name, clusters);
        }),
      );
    });

/** What people want is done by a launcher only. */
async function remindOfLauncher(name: string): Promise<void> {
  const directory = await knownCluster(clustersDirectory(process.env), name);
  const absence = await absenceOf(directory, Date.now());
  if (absence !== undefined) process.stderr.write(`galaxy-mesos: this waits: ${absence}\n`);
}
