import type { Command } from 'commander';
import { clusterRunCommand } from './cluster-run.ts';
import { clusterStatusCommand, listCommand } from './cluster-status.ts';
import { downCommand, drainCommand, scaleCommand } from './cluster-steer.ts';
import { clusterLogsCommand, urlCommand } from './cluster-tell.ts';
import { clusterUpCommand } from './cluster-up.ts';

const help = `
Example:
  galaxy-mesos cluster up mine --on slurm --agents 10 --max 200 --cpus 8 --mem 32G --walltime 8h
  MESOS_URL=cluster:mine galaxy-mesos map --input reads.fa --size 1000 --output hits.tsv -- 'grep -c ACGT {input}'
  galaxy-mesos cluster down mine

All about it: docs/clusters.md. Exit status: 0 all well, 1 it could not be done, 2 wrong use, 130 no longer waiting.`;

/** `galaxy-mesos cluster`: Mesos clusters inside a batch queue. */
export function defineCluster(command: Command, exit: (code: number) => void): void {
  command
    .description(
      'Starts and keeps Mesos clusters inside a batch queue: Slurm, Grid Engine, PBS, LSF, HTCondor.',
    )
    // What follows the command of `run` is that command's.
    .enablePositionalOptions()
    .addHelpText('after', help);
  const commands = [
    ...[
      clusterUpCommand(exit),
      clusterStatusCommand(exit),
      scaleCommand(),
      drainCommand(),
      downCommand(exit),
    ],
    ...[listCommand(), clusterLogsCommand(exit), urlCommand(), clusterRunCommand(exit)],
  ];
  for (const one of commands) command.addCommand(one);
}
