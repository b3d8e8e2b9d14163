import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { DaemonClient } from '@galaxy-mesos/front-doors/client';
import { type JobDocument, type JobView, parseJobDocument } from '@galaxy-mesos/galaxy-jobs';
import { builtIn } from '@galaxy-mesos/parallelism';
import { type Command, Option } from 'commander';
import { withContributions } from '../contributions.ts';
import { askDaemon } from '../daemon/ask-daemon.ts';
import { type ConnectionOptions, withConnection } from '../daemon/connection.ts';
import { jobLine } from '../daemon/job-text.ts';
import { stoppable } from '../daemon/stoppable.ts';
import { waitForJob } from '../daemon/wait-for-job.ts';
import { readDocumentText, withPlaces } from '../document-text.ts';
import { type ExecutionOptions, executeJob } from '../execute-job.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { documentFrom } from '../files-from.ts';
import { existingFile } from '../input-files.ts';
import { tellLeftOut } from '../left-out-lines.ts';
import { localJob } from '../local-job.ts';
import { executionOptions } from '../options.ts';

interface SubmitOptions extends ConnectionOptions, ExecutionOptions {
  readonly wait?: boolean;
  readonly paused?: boolean;
  readonly local?: boolean;
  readonly workDir?: string;
}

const help = `
The document is YAML or JSON: a command, its inputs and outputs, and what it needs. Relative paths in it begin where it lies;
- reads it from standard input, and they begin here. Its schema is job.schema.json in @galaxy-mesos/galaxy-jobs.

Example:
  galaxy-mesos submit job.json --wait
  echo '{"command": "sort {words} > {sorted}", "inputs": {"words": "a.txt"}, "outputs": {"sorted": "b.txt"}}' |
    galaxy-mesos submit -

Exit status: 0 all well, 1 the job failed (with --wait or --local), no daemon, or it refused, 2 wrong use or a wrong
document, 130 interrupted (the daemon's job goes on).`;

/** `galaxy-mesos submit`: hand a job to a daemon, or run it here. */
export function defineSubmit(command: Command, exit: (code: number) => void): void {
  withConnection(command)
    .description(
      'Submits a job that a document in YAML or JSON describes to a daemon, or runs it here and now.',
    )
    .argument('<job.yml>', 'the document in YAML or JSON; - is standard input')
    .option('--wait', 'until the job has ended; the exit status tells how')
    .option('--paused', 'do not start it until it is resumed')
    .addOption(
      new Option(
        '--local',
        'run it by this command, without a daemon; the options below are for this',
      ).conflicts([...['daemon', 'token', 'tokenFile', 'wait', 'paused']]),
    );
  for (const option of executionOptions()) command.addOption(option);
  command.addHelpText('after', help).action(async (file: string, options: SubmitOptions) => {
    const document = await readDocument(file);
    if (options.local) {
      const { job, directory } = localJob(document, file, options.workDir);
      const here = file === '-' ? process.cwd() : path.dirname(path.resolve(file));
      const { job: named, modules } = await withContributions(job, here);
      exit(await executeJob(named, directory, { ...options, strategyModules: modules }));
      return;
    }
    exit(await askDaemon(options, (daemon) => submit(daemon, document, options), withoutDaemon));
  });
}

const withoutDaemon =
  'start one with `galaxy-mesos daemon`, or run the job without: galaxy-mesos submit --local';

/** @throws UsageError */
async function readDocument(file: string): Promise<JobDocument> {
  if (file === '-') return parsed(await text(process.stdin), 'standard input', process.cwd());
  const { path: found } = existingFile(file, 'the job');
  return parsed(readFileSync(found, 'utf8'), file, path.dirname(found));
}

function parsed(given: string, name: string, directory: string): JobDocument {
  const document = readDocumentText(given, name);
  const read = withPlaces(document, () => parseJobDocument(document.value, { directory }));
  return documentFrom(directory, read, builtIn);
}

async function submit(
  daemon: DaemonClient,
  document: JobDocument,
  { wait, paused, json }: SubmitOptions,
): Promise<ExitCode> {
  const view = await daemon.submit(document, { paused: paused ?? false });
  if (view.warning !== undefined) process.stderr.write(`galaxy-mesos: ${view.id}: ${view.warning}\n`);
  if (!wait) {
    process.stdout.write(`${json ? JSON.stringify(view) : view.id}\n`);
    return exitCodes.ok;
  }
  const show = (changed: JobView, time: number) =>
    process.stdout.write(`${json ? JSON.stringify(changed) : jobLine(changed, time)}\n`);
  const ended = await stoppable((signal) => waitForJob(daemon, view.id, show, signal));
  if (ended?.state === 'ok') {
    tellLeftOut(ended.failedParts);
    return exitCodes.ok;
  }
  if (ended === undefined) {
    process.stderr.write(`galaxy-mesos: the job goes on; galaxy-mesos jobs watch ${view.id}\n`);
    return exitCodes.interrupted;
  }
  await tellFailure(daemon, ended);
  return exitCodes.failed;
}

/** How many lines of what a failed job wrote last. */
const lastLines = 10;
const lastBytes = 4096;

async function tellFailure(daemon: DaemonClient, { id, name, state, message }: JobView): Promise<void> {
  const why = message === undefined ? '' : `: ${message}`;
  process.stderr.write(`galaxy-mesos: job ${id} (${name}) ended in state ${state}${why}\n`);
  if (state !== 'error') return;
  const stderr = (await daemon.log(id, { stream: 'stderr', bytes: lastBytes })).trimEnd();
  if (stderr === '') return;
  const lines = stderr
    .split('\n')
    .slice(-lastLines)
    .map((line) => `    ${line.replaceAll(/\p{Cc}/gu, '?')}\n`);
  process.stderr.write(`  its stderr ends with:\n${lines.join('')}`);
}
