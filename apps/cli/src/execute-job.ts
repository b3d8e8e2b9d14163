import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { type JobOutcome, runJob } from '@galaxy-mesos/job-runner';
import { MesosError } from '@galaxy-mesos/mesos-client';
import { chosenCluster, clusterName } from './cluster.ts';
import { composeDriver } from './compose.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { failureReport } from './failure-report.ts';
import { onInterrupt } from './interrupt.ts';
import { type JobWork, openJobWork, removeJobWork } from './job-work.ts';
import type { WorkOptions } from './options.ts';
import { chooseReporter, type Reporter } from './reporter.ts';
import { resumeCommand } from './resume-command.ts';

/** Runs a described job to its end, shows how it goes on, and answers the exit status. */
export async function executeJob(described: Job, directory: string, options: WorkOptions): Promise<ExitCode> {
  const cluster = chosenCluster(options.mesos, process.env);
  const work = openJobWork(described, directory, options);
  const reporter = chooseReporter(options.json ?? false, process.stdout, process.stderr, Date.now);
  const interruption = onInterrupt();
  try {
    const outcome = await runOnCluster(work, reporter, options, cluster, interruption.signal);
    work.store.forgetFramework(clusterName(cluster));
    reporter.outcome(outcome);
    return conclude(outcome);
  } finally {
    interruption.dispose();
    leave(work, options.keep ?? false);
  }
}

/** Closes the state of a job, and removes it unless somebody may want it: it can be gone on with, or was asked for. */
function leave({ store, directory, job }: JobWork, keep: boolean): void {
  const state = store.jobs().find((stored) => stored.job.id === job.id)?.state;
  store.close();
  if (state === 'new' || (state === 'ok' && !keep)) removeJobWork(directory);
}

type Cluster = ReturnType<typeof chosenCluster>;

async function runOnCluster(
  { job, directory, store }: JobWork,
  reporter: Reporter,
  options: WorkOptions,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const name = clusterName(cluster);
  const attempt = (frameworkId: string | undefined) =>
    runJob({
      job,
      directory,
      driver: composeDriver(cluster, { directory, jobName: job.name, frameworkId, signal }),
      tasks: store.taskStore(name),
      states: store,
      listener: (event) => reporter.event(event),
      signal,
      keepParts: options.keep ?? false,
    });
  const frameworkId = store.frameworkId(name);
  try {
    return await attempt(frameworkId);
  } catch (error) {
    const isGone =
      error instanceof MesosError && error.code === 'FRAMEWORK_REMOVED' && frameworkId !== undefined;
    if (!isGone) throw error;
    const message = `the framework of the earlier run, ${frameworkId}, has ended: what it ran is started again`;
    reporter.event({ type: 'warning', message });
    store.forgetFramework(name);
    return attempt(undefined);
  }
}

function conclude(outcome: JobOutcome): ExitCode {
  if (outcome.state === 'ok') return exitCodes.ok;
  const { finished, total } = outcome.counts;
  const report =
    outcome.state === 'error'
      ? failureReport(outcome)
      : `interrupted: ${finished} of ${total} tasks are done`;
  const goOn = total === 0 ? '' : `To go on:\n  ${resumeCommand(process.argv.slice(2))}\n`;
  process.stderr.write(`galaxy-mesos: ${report}\n${goOn}`);
  return outcome.state === 'error' ? exitCodes.failed : exitCodes.interrupted;
}
