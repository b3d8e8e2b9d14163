import { type Cluster, clusterName } from '@galaxy-mesos/drivers';
import type { Job, JobState } from '@galaxy-mesos/galaxy-jobs';
import { type DemandDesk, JobError, type JobOutcome, type JobRun, runJob } from '@galaxy-mesos/job-runner';
import { MesosError } from '@galaxy-mesos/mesos-client';
import { chosenCluster } from './cluster.ts';
import { composeDriver } from './compose.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { failureReport } from './failure-report.ts';
import { finishedOutcome } from './finished-outcome.ts';
import { wantsGpuAgents } from './gpu-agents.ts';
import { onInterrupt } from './interrupt.ts';
import { beginAnew, type JobWork, openJobWork, removeJobWork } from './job-work.ts';
import { tellLeftOut } from './left-out-lines.ts';
import { endLeftovers, refuseStranded } from './leftovers.ts';
import type { WorkOptions } from './options.ts';
import { exitCodeOf, messageOf, ResumableError } from './report-error.ts';
import { chooseReporter, type Reporter, systemWatch } from './reporter.ts';
import { resumeCommand } from './resume-command.ts';

/** Where a job is run, how that is shown, and what becomes of an earlier run. */
export type ExecutionOptions = Pick<WorkOptions, 'mesos' | 'keep' | 'json' | 'resume' | 'restart'> &
  Pick<JobRun, 'strategyModules'>;

/** What one execution of a job is made of. */
interface Execution {
  readonly reporter: Reporter;
  readonly options: ExecutionOptions;
  readonly cluster: Cluster;
  /** Whether agents with graphics processors are wanted. */
  readonly gpu: boolean;
  readonly signal: AbortSignal;
}

/** Runs a described job to its end, shows how it goes on, and answers the exit status. */
export async function executeJob(
  described: Job,
  directory: string,
  options: ExecutionOptions,
): Promise<ExitCode> {
  const cluster = await chosenCluster(options.mesos, process.env);
  const gpu = await wantsGpuAgents(described, cluster);
  const opened = await openJobWork(described, directory, options);
  const interruption = onInterrupt(howToGoOn());
  const reporter = chooseReporter(options.json ?? false, process.stdout, process.stderr, systemWatch);
  const execution = { reporter, options, cluster, gpu, signal: interruption.signal };
  let work = opened;
  try {
    const earlier = opened.state === 'done' ? await finishedOutcome(opened) : undefined;
    const ready = earlier ? opened : await readyToRun(described, opened, execution);
    work = ready ?? opened;
    const outcome = earlier ?? (ready ? await runOnCluster(ready, execution) : interruptedAtOnce);
    reporter.outcome(outcome);
    return conclude(outcome);
  } catch (error) {
    throw (await canGoOn(work, error)) ? new ResumableError(error, howToGoOn()) : error;
  } finally {
    reporter.close();
    interruption.dispose();
    await leave(work, options.keep ?? false);
  }
}

/**
 * Sees to it that nothing of earlier runs is in the way: neither files nor what they left running. Answers nothing
 * if it is interrupted before that is done.
 */
async function readyToRun(
  described: Job,
  work: JobWork,
  { cluster, signal }: Execution,
): Promise<JobWork | undefined> {
  const isStale = work.state === 'stale' || work.state === 'done';
  try {
    if (isStale) await endLeftovers(work, cluster, signal);
    // What runs here is of no use to a job that goes on elsewhere.
    if (cluster.kind !== 'local') await endLeftovers(work, { kind: 'local' }, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
  return isStale ? beginAnew(described, work) : work;
}

const interruptedAtOnce: JobOutcome = {
  state: 'interrupted',
  counts: { total: 0, waiting: 0, active: 0, finished: 0, failed: 0 },
};

/**
 * Closes the state of a job, and removes it unless somebody may want it: it can be gone on with, or was asked for.
 * What cannot be removed is told of and changes nothing: how the job ended is known by now.
 */
async function leave(work: JobWork, keep: boolean): Promise<void> {
  const state = await stateOf(work);
  try {
    if (state === 'new' || (state === 'ok' && !keep)) await removeJobWork(work);
  } catch (error) {
    const words = `${work.directory} is not needed any more, but could not be removed: ${messageOf(error)}`;
    process.stderr.write(`galaxy-mesos: warning: ${words}\n`);
  } finally {
    await work.store.close();
  }
}

/** `undefined` if the store cannot tell: then an error is on its way that says why, and nothing is to hide it. */
async function stateOf({ store, job }: JobWork): Promise<JobState | undefined> {
  try {
    return (await store.jobs()).find((stored) => stored.job.id === job.id)?.state;
  } catch {
    return undefined;
  }
}

/** What is wrong with a place, and not with the job: somebody may see to it. */
const mayHelp: ReadonlySet<string> = new Set(['DELIVERY', 'NO_SPACE']);

/** Whether the same command with --resume goes on: not after a failure that it could only meet again. */
async function canGoOn(work: JobWork, error: unknown): Promise<boolean> {
  if (exitCodeOf(error) !== exitCodes.failed) return false;
  if (error instanceof JobError && !mayHelp.has(error.code)) return false;
  const state = await stateOf(work);
  // `error`: an earlier run failed, and this one did not get as far.
  return work.state !== 'stale' && (state === 'queued' || state === 'error');
}

async function runOnCluster(work: JobWork, execution: Execution): Promise<JobOutcome> {
  const { job, directory, store } = work;
  const { reporter, options, cluster, gpu, signal } = execution;
  const name = clusterName(cluster);
  const demand = await demandOf(cluster);
  const attempt = (frameworkId: string | undefined) =>
    runJob({
      job,
      directory,
      driver: composeDriver(cluster, { directory, jobName: job.name, frameworkId, signal, gpu }),
      tasks: store.taskStore(name),
      states: store,
      listener: (event) => reporter.event(event),
      signal,
      keepParts: options.keep ?? false,
      strategyModules: options.strategyModules ?? [],
      onTornDown: () => store.forgetFramework(name),
      ...(demand && { demand, schedulerOptions: whereAgentsCome }),
    });
  const frameworkId = await store.frameworkId(name);
  if (frameworkId === undefined) await refuseStranded(work, cluster);
  try {
    return await attempt(frameworkId);
  } catch (error) {
    const isGone =
      error instanceof MesosError && error.code === 'FRAMEWORK_REMOVED' && frameworkId !== undefined;
    if (!isGone) throw error;
    const message = `the framework of the earlier run, ${frameworkId}, has ended: what it ran is started again`;
    reporter.event({ type: 'warning', message });
    await store.forgetFramework(name);
    return attempt(undefined);
  }
}

/** Agents that come from a queue take their time: that tasks wait for some of it is no news. */
const whereAgentsCome = { unplacedPatience: 60 };

/** Where a cluster in a queue is told what it lacks, by whose launcher agents are brought up. */
async function demandOf(cluster: Cluster): Promise<DemandDesk | undefined> {
  if (cluster.kind === 'local' || !cluster.master.startsWith('file://')) return undefined;
  const { demandDesk } = await import('@galaxy-mesos/queue-cluster');
  return demandDesk(cluster.master);
}

const howToGoOn = (): string => `To go on:\n  ${resumeCommand(process.argv.slice(2))}`;

function conclude(outcome: JobOutcome): ExitCode {
  if (outcome.state === 'ok') {
    tellLeftOut(outcome.failedParts);
    return exitCodes.ok;
  }
  const { finished, total } = outcome.counts;
  const report =
    outcome.state === 'error'
      ? failureReport(outcome)
      : `interrupted: ${total === 0 ? 'no task had begun' : `${finished} of ${total} tasks are done`}`;
  const goOn = total === 0 ? '' : `${howToGoOn()}\n`;
  process.stderr.write(`galaxy-mesos: ${report}\n${goOn}`);
  return outcome.state === 'error' ? exitCodes.failed : exitCodes.interrupted;
}
