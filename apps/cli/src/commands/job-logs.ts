import type { DaemonClient, LogOptions } from '@galaxy-mesos/front-doors/client';
import { Command, Option } from 'commander';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';
import { withJob } from '../daemon/daemon-failure.ts';
import { stoppable } from '../daemon/stoppable.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../options.ts';

interface LogsOptions extends ConnectionOptions {
  readonly follow?: boolean;
  readonly stderr?: boolean;
  readonly task?: string;
  readonly bytes?: number;
}

const help = `
Example:
  galaxy-mesos jobs logs job-1f2e3d4c -f --stderr`;

/** `galaxy-mesos jobs logs`: what a job's task has written. */
export const jobLogsCommand = (exit: (code: number) => void): Command =>
  withConnection(new Command('logs'))
    .summary('show what a job has written')
    .argument('<job>', 'the id of the job')
    .option('-f, --follow', 'go on until the job has ended')
    .option('--stderr', 'its stderr instead of its stdout')
    .option('--task <task>', 'of this task; galaxy-mesos jobs show tells their ids (default: the first)')
    .addOption(
      new Option('--bytes <number>', 'how much of the end (default: 65536)').argParser(wholeNumber(0)),
    )
    .addHelpText('after', help)
    .action(async (jobId: string, { follow, stderr, task, bytes, ...connection }: LogsOptions) => {
      const log = {
        stream: stderr ? ('stderr' as const) : ('stdout' as const),
        ...(task !== undefined && { taskId: task }),
        ...(bytes !== undefined && { bytes }),
      };
      await askDaemon(connection, async (daemon) => {
        if (follow) await followed(daemon, jobId, log, exit);
        else process.stdout.write(await withJob(daemon, jobId, (id) => daemon.log(id, log)));
      });
    });

const followed = (
  daemon: DaemonClient,
  jobId: string,
  log: LogOptions,
  exit: (code: number) => void,
): Promise<void> =>
  stoppable(async (signal) => {
    await withJob(daemon, jobId, async (id) => {
      for await (const text of daemon.followLog(id, { ...log, signal })) process.stdout.write(text);
    });
    if (signal.aborted) exit(exitCodes.interrupted);
  });
