import { clusterDirectory, clusterFile, clustersDirectory } from '@galaxy-mesos/queue-cluster';
import { Command, Option } from 'commander';
import { attend, bringUp, changeOnly, sayChanges } from '../cluster-commands/bring-up.ts';
import type { DescriptionOptions } from '../cluster-commands/described-cluster.ts';
import { dryRun } from '../cluster-commands/dry-run.ts';
import { launchHere } from '../cluster-commands/launch-here.ts';
import { LauncherLog } from '../cluster-commands/launcher-log.ts';
import { openForLauncher } from '../cluster-commands/open-cluster.ts';
import { withUsage } from '../cluster-commands/usage-of.ts';
import { stoppable } from '../daemon/stoppable.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { collect } from '../options.ts';

const help = `
Sizes are 500M, 32G; times are 10m, 8h, 1-12:00:00. --agents alone means neither more nor fewer; with --min or --max,
so many at first, then as many as the work needs. Given again, the same command takes up a cluster whose launcher has
ended; with other options, or another file, it changes the cluster, and says what. Ctrl-C ends only the waiting. On this machine, to try it out: galaxy-mesos cluster up try --on shell --agents 2`;

interface UpOptions extends DescriptionOptions {
  readonly dryRun?: boolean;
  readonly foreground?: boolean;
  readonly onlyChanges?: boolean;
  readonly onlyLauncher?: boolean;
  readonly wait: boolean;
}

/** `galaxy-mesos cluster up`: start a cluster, or a launcher for one that has none. */
export function clusterUpCommand(exit: (code: number) => void): Command {
  const command = new Command('up')
    .summary('start a cluster, or go on with one')
    .argument('<name>', 'what it is called')
    .addHelpText('after', help);
  for (const option of [...queueOptions(), ...poolOptions(), ...masterOptions(), ...wayOptions()]) {
    command.addOption(option);
  }
  return command.action(async (name: string, given: UpOptions) => {
    const { dryRun: isTrial, foreground, onlyChanges, onlyLauncher, wait, ...described } = given;
    exit(
      await withUsage(() => {
        if (isTrial) return dryRun(name, described, process.env);
        if (onlyChanges) return changeOnly(name, described, process.env);
        if (onlyLauncher) return attend(name, process.env);
        if (foreground) return inForeground(name, described);
        return bringUp(name, wait, described, process.env);
      }),
    );
  });
}

async function inForeground(name: string, described: DescriptionOptions): Promise<ExitCode> {
  const clusters = clustersDirectory(process.env);
  sayChanges(await openForLauncher(clusters, name, described, process.env));
  const file = clusterFile(clusterDirectory(clusters, name), 'log');
  const log = new LauncherLog(file, (text) => process.stdout.write(text));
  return stoppable(async (signal, stoppedBy) => {
    const how = await launchHere({ name, clusters, signal, tell: (line) => log.tell(line) });
    // Whoever runs services ends them so, and takes anything but success for a failure.
    return how === 'down' || stoppedBy() === 'SIGTERM' ? exitCodes.ok : exitCodes.interrupted;
  });
}

const queueOptions = (): Option[] => [
  new Option(
    '--on <system>',
    'the queueing system: slurm, sge, pbs, torque, lsf, htcondor, or shell for none',
  ),
  new Option('--file <file>', 'a cluster file in YAML, with several pools'),
  new Option('--queue <name>', 'the queue; in Slurm, the partition'),
  new Option('--account <name>', 'whom the queue charges'),
  new Option(
    '--extra <directive>',
    "a directive of the site's, such as '#SBATCH --exclusive' (repeatable)",
  ).argParser(collect),
  new Option('--ssh <words>', "words in front of the queue's commands, such as 'ssh login1'"),
  new Option(
    '--setup <line>',
    "a line of shell before Mesos starts, such as 'module load mesos' (repeatable)",
  ).argParser(collect),
  new Option('--image <file>', 'the container image (apptainer) in which Mesos is started'),
];

const poolOptions = (): Option[] => [
  new Option('--agents <number>', 'how many agents'),
  new Option('--min <number>', 'so many are kept without work, too'),
  new Option('--max <number>', 'so many at most'),
  new Option('--backlog <number>', 'so many wait in the queue at a time, at most (default: 10)'),
  new Option('--cpus <number>', 'cores of each'),
  new Option('--mem <size>', 'memory of each'),
  new Option('--disk <size>', 'disk space that each offers (default: what is free)'),
  new Option('--gpus <number>', 'graphics processors of each'),
  new Option('--walltime <time>', 'how long each may run'),
  new Option('--idle <time>', 'when one without work ends (default: 10m)'),
];

const masterOptions = (): Option[] => [
  new Option('--master <url>', 'an existing Mesos master'),
  new Option('--master-here', 'a master beside the launcher (default)'),
  new Option('--master-in-job', 'a master in a batch job of its own'),
];

const wayOptions = (): Option[] => [
  new Option('--dry-run', 'print the scripts and have the queue check them; start nothing'),
  new Option('--foreground', 'be the launcher, instead of starting one').conflicts('dryRun'),
  new Option(
    '--only-changes',
    'of a cluster that is there, take what has changed in its description, and do nothing else',
  ).conflicts(['dryRun', 'foreground']),
  new Option(
    '--only-launcher',
    'start a launcher for a cluster that is there and has none; what is wanted of it stays as it is',
  ).conflicts(['dryRun', 'foreground', 'onlyChanges']),
  new Option('--no-wait', 'do not wait for the agents, only for the master'),
];
