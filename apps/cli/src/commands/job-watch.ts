import type { DaemonClient } from '@galaxy-mesos/front-doors/client';
import type { JobView } from '@galaxy-mesos/galaxy-jobs';
import { Command } from 'commander';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';
import { withJob } from '../daemon/daemon-failure.ts';
import { jobLine } from '../daemon/job-text.ts';
import { stoppable } from '../daemon/stoppable.ts';
import { waitForJob } from '../daemon/wait-for-job.ts';
import { jsonDisplay, lineDisplay, tableDisplay, watchJobs } from '../daemon/watch-jobs.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { tellLeftOut } from '../left-out-lines.ts';

const help = `
On a terminal all jobs are a table that is drawn anew; elsewhere every change is a line. With the id of a job only that
one is watched, until it has ended, and the exit status tells how: 0 ok, 1 otherwise.

Example:
  galaxy-mesos jobs watch`;

interface WatchOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** `galaxy-mesos jobs watch`: what happens to jobs, as it happens. */
export const jobWatchCommand = (exit: (code: number) => void): Command =>
  withConnection(new Command('watch'))
    .summary('watch what happens to jobs')
    .argument('[job]', 'the id of a job, to watch only this one until it has ended')
    .option('--json', 'one event a line; of one job, the job after each change')
    .addHelpText('after', help)
    .action(async (jobId: string | undefined, { json = false, ...connection }: WatchOptions) => {
      const code = await askDaemon(connection, (daemon) =>
        stoppable((signal) =>
          jobId === undefined ? watchAll(daemon, json, signal) : watchOne(daemon, jobId, json, signal),
        ),
      );
      exit(code);
    });

async function watchAll(daemon: DaemonClient, json: boolean, signal: AbortSignal): Promise<ExitCode> {
  const { stdout } = process;
  const lines = json ? jsonDisplay(stdout) : lineDisplay(stdout);
  await watchJobs(daemon, stdout.isTTY && !json ? tableDisplay(stdout, Date.now) : lines, signal);
  // It never ends by itself.
  return exitCodes.interrupted;
}

async function watchOne(
  daemon: DaemonClient,
  jobId: string,
  json: boolean,
  signal: AbortSignal,
): Promise<ExitCode> {
  const show = (view: JobView, time: number) =>
    process.stdout.write(`${json ? JSON.stringify(view) : jobLine(view, time)}\n`);
  const ended = await withJob(daemon, jobId, (id) => waitForJob(daemon, id, show, signal));
  if (ended === undefined) return exitCodes.interrupted;
  tellLeftOut(ended.failedParts);
  return ended.state === 'ok' ? exitCodes.ok : exitCodes.failed;
}
