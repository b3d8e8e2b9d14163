import type { DaemonClient } from '@galaxy-mesos/front-doors/client';
import { Command } from 'commander';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';
import { withJob } from '../daemon/daemon-failure.ts';
import { removeJobs } from '../daemon/remove-jobs.ts';

const actions = [
  { name: 'cancel', summary: 'end jobs' },
  { name: 'retry', summary: 'take up jobs in error; what is done stays done' },
  { name: 'pause', summary: 'start nothing of jobs until they are resumed' },
  { name: 'resume', summary: 'go on with paused jobs' },
] as const;

interface ActionOptions extends ConnectionOptions {
  readonly json?: boolean;
}

/** What is done to jobs: `jobs cancel`, `retry`, `pause`, `resume`, `rm`. */
export const jobActionCommands = (): Command[] => [...actions.map(actionCommand), removeCommand()];

const actionCommand = ({ name, summary }: (typeof actions)[number]): Command =>
  jobsCommand(name, summary)
    .option('--json', 'one job a line, as it stands then')
    .action((jobIds: readonly string[], { json, ...connection }: ActionOptions) =>
      askDaemon(connection, async (daemon) => {
        for (const jobId of jobIds) {
          const view = await withJob(daemon, jobId, (id) => daemon[name](id));
          process.stdout.write(`${json ? JSON.stringify(view) : `${jobId} is ${view.state}`}\n`);
        }
      }),
    );

const removeCommand = (): Command =>
  jobsCommand('rm', 'end jobs and forget them; their outputs stay')
    .option(
      '--no-wait',
      'leave it to the daemon to forget those of which something runs that cannot be reached',
    )
    .action((jobIds: readonly string[], { wait, ...connection }: ConnectionOptions & { wait: boolean }) =>
      askDaemon(connection, (daemon: DaemonClient) => removeJobs(daemon, jobIds, wait, process)),
    );

const jobsCommand = (name: string, summary: string): Command =>
  withConnection(new Command(name)).summary(summary).argument('<job...>', 'the ids of the jobs');
