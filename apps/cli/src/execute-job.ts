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
  const reporter = chooseReporter(options.json, process.stdout, process.stderr, Date.now);
  const interruption = onInterrupt();
  try {
    const outcome = await runOnCluster(work, reporter, options, cluster, interruption.signal);
    work.store.forgetFramework(clusterName(cluster));
    reporter.outcome(outcome);
    return conclude(outcome, work, options);
  } finally {
    interruption.dispose();
    work.store.close();
  }
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
      keepParts: options.keep,
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

function conclude(outcome: JobOutcome, { directory, store }: JobWork, options: WorkOptions): ExitCode {
  if (outcome.state === 'ok') {
    store.close();
    if (!options.keep) removeJobWork(directory);
    return exitCodes.ok;
  }
  const { finished, total } = outcome.counts;
  const report =
    outcome.state === 'error'
      ? failureReport(outcome)
      : `interrupted: ${finished} of ${total} tasks are done`;
  process.stderr.write(`galaxy-mesos: ${report}\nTo go on:\n  ${resumeCommand(process.argv.slice(2))}\n`);
  return outcome.state === 'error' ? exitCodes.failed : exitCodes.interrupted;
}
