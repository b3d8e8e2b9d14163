import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  attendedAddress,
  clusterFile,
  clustersDirectory,
  knownCluster,
  pilotDirectory,
  readDefinition,
} from '@galaxy-mesos/queue-cluster';
import { Command } from 'commander';
import { withUsage } from '../cluster-commands/usage-of.ts';
import { hasNoReader, whileWatched } from '../cluster-commands/while-watched.ts';
import { UsageError } from '../usage-error.ts';

/** `galaxy-mesos cluster url`: where the master is. */
export const urlCommand = (): Command =>
  new Command('url')
    .summary("print the master's address, as MESOS_URL has it")
    .argument('<name>', 'the cluster')
    .addHelpText(
      'after',
      '\nCommands of galaxy-mesos take cluster:NAME for MESOS_URL, and follow a master that moves.',
    )
    .action(async (name: string) => {
      process.stdout.write(
        `${await withUsage(() => attendedAddress(clustersDirectory(process.env), name))}\n`,
      );
    });

interface LogsOptions {
  readonly follow?: boolean;
  readonly master?: boolean;
}

/** `galaxy-mesos cluster logs`: what the launcher, or a pilot, has written. */
export const clusterLogsCommand = (exit: (code: number) => void): Command =>
  new Command('logs')
    .summary('show what the launcher or a pilot has written')
    .argument('<name>', 'the cluster')
    .argument('[pilot]', 'the pilot, as status names it (default: the launcher)')
    .option('--master', 'what the master has written, if this cluster has started it')
    .option('-f, --follow', 'go on with what comes')
    .action(async (name: string, pilot: string | undefined, { follow: isFollowed, master }: LogsOptions) => {
      const file = await withUsage(() => (master ? logOfMaster(name) : logOf(name, pilot)));
      let end = await copied(file, 0);
      if (!isFollowed) {
        if (end === 0) process.stderr.write(`galaxy-mesos: nothing has been written there yet: ${file}\n`);
        return;
      }
      const clusters = clustersDirectory(process.env);
      const follow = async () => {
        end = await copied(file, end);
      };
      exit(await whileWatched({ name, clusters, milliseconds: followMilliseconds }, follow));
    });

async function logOf(name: string, pilot: string | undefined): Promise<string> {
  const directory = await knownCluster(clustersDirectory(process.env), name);
  if (pilot === undefined) return clusterFile(directory, 'log');
  const pilots = await readdir(clusterFile(directory, 'pilots')).catch((): string[] => []);
  if (pilots.includes(pilot)) return path.join(pilotDirectory(directory, pilot), 'log');
  const there = pilots.length === 0 ? 'there is none' : `there are: ${pilots.join(', ')}`;
  throw new UsageError(`there is no pilot ${pilot} of the cluster ${name}; ${there}`);
}

async function logOfMaster(name: string): Promise<string> {
  const directory = await knownCluster(clustersDirectory(process.env), name);
  const { master } = await readDefinition(directory);
  if (master.kind === 'existing')
    throw new UsageError(`the master of the cluster ${name} is none of its own`);
  return path.join(clusterFile(directory, 'master'), master.kind === 'here' ? 'log' : 'mesos-master.log');
}

/** Prints a file from `start` on, if somebody reads; what is not there yet is empty. Answers where it ended. */
async function copied(file: string, start: number): Promise<number> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  // It was begun anew.
  const from = size < start ? 0 : start;
  if (size === from) return from;
  const stream = createReadStream(file, { start: from, end: size - 1 });
  for await (const chunk of stream) {
    if (hasNoReader()) break;
    if (process.stdout.write(chunk)) continue;
    // What ends this is no fault: see standard-streams.ts.
    await once(process.stdout, 'drain').catch(() => undefined);
  }
  return size;
}

const followMilliseconds = 500;
