import type { DaemonClient, JobFilter } from '@galaxy-mesos/front-doors/client';
import { type JobState, type JobView, jobStates } from '@galaxy-mesos/galaxy-jobs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';
import { withJob } from '../daemon/daemon-failure.ts';
import { jobReport, jobTable } from '../daemon/job-text.ts';
import { collect, wholeNumber } from '../options.ts';
import { jobActionCommands } from './job-actions.ts';
import { jobLogsCommand } from './job-logs.ts';
import { jobWatchCommand } from './job-watch.ts';
import { printList } from './listing.ts';

const help = `
Example:
  galaxy-mesos jobs ls --state running --state queued
  galaxy-mesos jobs logs job-1f2e3d4c -f

Exit status: 0 all well, 1 no daemon, no such job, or it was refused, 2 wrong use, 130 interrupted.`;

/** `galaxy-mesos jobs`: the jobs of a daemon. */
export function defineJobs(command: Command, exit: (code: number) => void): void {
  command.description('The jobs of a daemon that runs (galaxy-mesos daemon).').addHelpText('after', help);
  const commands = [
    ...[listCommand(), showCommand(), jobLogsCommand(exit), jobWatchCommand(exit)],
    ...jobActionCommands(exit),
  ];
  // Help and errors of the commands below are printed as those of all others.
  for (const one of commands) command.addCommand(one);
}

interface ListOptions extends ConnectionOptions {
  readonly state?: readonly JobState[];
  readonly user?: string;
  readonly owner?: string;
  readonly last?: number;
  readonly json?: boolean;
}

const listCommand = (): Command =>
  withConnection(new Command('ls'))
    .alias('list')
    .summary('list jobs, the youngest last')
    .addOption(
      new Option(
        '--state <state>',
        `only jobs in this state: ${jobStates.join(', ')} (repeatable)`,
      ).argParser((text: string, before: readonly string[] | undefined) =>
        collect(oneOf(jobStates, text), before),
      ),
    )
    .option('--user <name>', 'only jobs that count for this user')
    .option('--owner <name>', 'only jobs that were submitted with the token of this name')
    .addOption(new Option('--last <number>', 'only so many, the youngest').argParser(wholeNumber(1)))
    .option('--json', 'one job a line')
    .action(async ({ state, user, owner, last, json, ...connection }: ListOptions) => {
      const filter = {
        ...(state !== undefined && { states: state }),
        ...(user !== undefined && { user }),
        ...(owner !== undefined && { owner }),
      };
      const views = await askDaemon(connection, (daemon) => listed(daemon, filter, last));
      printList(views, json, { none: 'no jobs', text: (shown) => jobTable(shown, Date.now()) });
    });

/** The youngest last, as a person reads them. */
async function listed(
  daemon: DaemonClient,
  filter: JobFilter,
  last: number | undefined,
): Promise<readonly JobView[]> {
  if (last === undefined) return Array.fromAsync(daemon.jobs(filter));
  const youngest = await Array.fromAsync(daemon.jobs({ ...filter, order: 'youngest', limit: last }));
  return youngest.reverse();
}

const showCommand = (): Command =>
  withConnection(new Command('show'))
    .summary('show a job, its tasks, and what was tried')
    .argument('<job>', 'the id of the job')
    .option('--json', 'as one object')
    .action(async (jobId: string, options: ConnectionOptions & { readonly json?: boolean }) => {
      const [view, tasks, reasons] = await askDaemon(options, (daemon) =>
        withJob(daemon, jobId, (id) =>
          Promise.all([daemon.job(id), daemon.tasks(id), reasonsOf(daemon, id)]),
        ),
      );
      const text = options.json
        ? JSON.stringify({ job: view, tasks })
        : jobReport(view, tasks, reasons, Date.now());
      process.stdout.write(`${text}\n`);
    });

/** Why tasks of a job wait. */
async function reasonsOf(daemon: DaemonClient, jobId: string): Promise<readonly string[]> {
  const waiting = await daemon.queue();
  return waiting.filter(({ jobs }) => jobs.includes(jobId)).map(({ reason }) => reason);
}

function oneOf<Known extends string>(known: readonly Known[], text: string): Known {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Expected one of: ${known.join(', ')}.`);
}
