import { Command } from 'commander';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';
import { withEachJob } from '../daemon/daemon-failure.ts';
import { removeJobs } from '../daemon/remove-jobs.ts';
import { exitCodes } from '../exit-codes.ts';

const actions = [
  { name: 'cancel', summary: 'end jobs' },
  { name: 'retry', summary: 'take up jobs in error; what is done stays done' },
  { name: 'pause', summary: 'start nothing of jobs until they are resumed' },
  { name: 'resume', summary: 'go on with paused jobs' },
] as const;

interface ActionOptions extends ConnectionOptions {
  readonly json?: boolean;
}

interface RemoveOptions extends ConnectionOptions {
  readonly wait: boolean;
}

/** What is done to jobs: `jobs cancel`, `retry`, `pause`, `resume`, `rm`. */
export const jobActionCommands = (exit: Exit): Command[] => [
  ...actions.map((action) => actionCommand(action, exit)),
  removeCommand(exit),
];

type Exit = (code: number) => void;

const actionCommand = ({ name, summary }: (typeof actions)[number], exit: Exit): Command =>
  jobsCommand(name, summary)
    .option('--json', 'one job a line, as it stands then')
    .action(async (jobIds: readonly string[], { json, ...connection }: ActionOptions) => {
      const isWell = await askDaemon(connection, (daemon) =>
        withEachJob(daemon, jobIds, process.stderr, async (jobId) => {
          const view = await daemon[name](jobId);
          process.stdout.write(`${json ? JSON.stringify(view) : `${jobId} is ${view.state}`}\n`);
        }),
      );
      if (!isWell) exit(exitCodes.failed);
    });

const removeCommand = (exit: Exit): Command =>
  jobsCommand('rm', 'end jobs and forget them; their outputs stay')
    .option(
      '--no-wait',
      'leave it to the daemon to forget those of which something runs that cannot be reached',
    )
    .action(async (jobIds: readonly string[], { wait, ...connection }: RemoveOptions) => {
      const isWell = await askDaemon(connection, (daemon) => removeJobs(daemon, jobIds, wait, process));
      if (!isWell) exit(exitCodes.failed);
    });

const jobsCommand = (name: string, summary: string): Command =>
  withConnection(new Command(name)).summary(summary).argument('<job...>', 'the ids of the jobs');
