import { type AttemptView, containerStatuses, type JobView, type TaskView } from '@galaxy-mesos/galaxy-jobs';
import { onLimit } from './describe-job.ts';
import type { JobRecord } from './job-record.ts';
import { mayMoveFromHere } from './staging/action-mapper.ts';

/** The states of a job in Pulsar's protocol. */
export type PulsarState =
  | 'preprocessing'
  | 'queued'
  | 'running'
  | 'postprocessing'
  | 'complete'
  | 'cancelled'
  | 'failed'
  | 'lost';

/** How a job stands, as Galaxy is told. */
export interface PulsarStatus {
  readonly state: PulsarState;
  /** Of a job that has ended; `null` where there is none. */
  readonly returnCode: number | null;
  /** What Galaxy's user should know besides what the tool wrote. */
  readonly message?: string;
}

/** What a process that was killed ends with, as Python has it. */
const killed = -9;
/** What a shell says of a process that was killed, as the kernel does where memory is short. */
const outOfMemory = 137;
/** What the command `timeout` ends with. */
const outOfTime = 124;

/**
 * What a job ends with that could not be cut, or not be joined: `EX_SOFTWARE` of sysexits.h. Tools that call some exit codes
 * mere warnings do so for small ones.
 */
const notPlanned = 70;

/** Mesos's reasons for which the same job would fail again, by what is told to Galaxy. */
const limitCodes: ReadonlyMap<string | undefined, number> = new Map([
  ['REASON_CONTAINER_LIMITATION_MEMORY', outOfMemory],
  ['REASON_MEMORY_LIMIT', outOfMemory],
  ['REASON_MAX_COMPLETION_TIME_REACHED', outOfTime],
]);

/**
 * What an attempt ends with if its container's limit was hit, which no agent hears of: as the container's program says
 * it, and as the task around it does. A tool's own exit code makes no attempt fail.
 */
const memoryStatuses: ReadonlySet<number> = new Set([containerStatuses.outOfMemory, 98]);

/** Of a job that is not known, or not any more. */
const lost: PulsarStatus = { state: 'lost', returnCode: null };

/** Whether nothing more happens to a job in this state, and Galaxy gets the full status. */
export const isDone = (state: PulsarState): boolean =>
  state === 'complete' || state === 'cancelled' || state === 'failed' || state === 'lost';

/**
 * How a job stands.
 *
 * A job that ran out of memory or time is `complete` with an exit code that says so and a message in its stderr:
 * Galaxy shows of a `failed` job nothing but that there was a problem. Every other trouble is `failed`, which Galaxy
 * may answer by sending the job elsewhere (`resubmit`); a destination may wish that for the first kind, too.
 *
 * @param view what whoever runs jobs says of it
 * @param tasks its tasks, asked for only where a job is in error
 */
export function statusOf(
  record: JobRecord | undefined,
  view: JobView | undefined,
  tasks: () => readonly TaskView[],
): PulsarStatus {
  switch (record?.state) {
    case undefined:
    case 'cleaning':
      return lost;
    case 'setup':
    case 'renewing':
    case 'staging':
      return unfinished('preprocessing');
    case 'failed':
      return { state: 'failed', returnCode: 1, ...(record.message ? { message: record.message } : {}) };
    case 'cancelled':
      return { state: 'cancelled', returnCode: killed };
    case 'submitted':
      return view ? ofView(record, view, tasks) : lost;
  }
}

function ofView(record: JobRecord, view: JobView, tasks: () => readonly TaskView[]): PulsarStatus {
  switch (view.state) {
    case 'new':
    case 'queued':
    case 'paused':
      return unfinished('queued');
    case 'running':
      return unfinished('running');
    case 'ok':
      return ofOutputs(record, view);
    case 'deleted':
      return { state: 'cancelled', returnCode: killed };
    case 'error':
      return ofError(record, view, tasks());
  }
}

function ofOutputs(record: JobRecord, view: JobView): PulsarStatus {
  const returnCode = view.exitCode ?? null;
  if (!hasOutputsToSend(record) || record.collected === 'all') return { state: 'complete', returnCode };
  if (record.collected === undefined) return unfinished('postprocessing');
  return { state: 'failed', returnCode, ...(record.message ? { message: record.message } : {}) };
}

function ofError(record: JobRecord, view: JobView, tasks: readonly TaskView[]): PulsarStatus {
  const explain = record.submission === undefined || onLimit(record.submission) === 'explain';
  const failed = tasks.find(({ state }) => state === 'failed') ?? tasks.at(-1);
  const limitCode = explain ? (limitCodeOf(failed?.attempts.at(-1)) ?? planCodeOf(record, tasks)) : undefined;
  // Tools that look at no exit code often take these words on stderr for a failure.
  const message = `Fatal error: the job has failed: ${view.message ?? 'it could not be run'}.`;
  return limitCode === undefined
    ? { state: 'failed', returnCode: view.exitCode ?? null, message }
    : { state: 'complete', returnCode: limitCode, message };
}

/**
 * Of a job that could not be cut, or the results of its parts not joined: sent elsewhere it would be no better, and only
 * whoever sees why can say something better.
 */
const planCodeOf = ({ submission }: JobRecord, tasks: readonly TaskView[]): number | undefined =>
  submission?.isSplit && tasks.every(({ state }) => state !== 'failed') ? notPlanned : undefined;

const limitCodeOf = (last: AttemptView | undefined): number | undefined =>
  last?.exitCode !== undefined && memoryStatuses.has(last.exitCode)
    ? outOfMemory
    : limitCodes.get(last?.reason);

/** Whether outputs may have to be brought to Galaxy from here. */
export function hasOutputsToSend({ submission }: JobRecord): boolean {
  const { action_mapper: mapper, client_outputs: client } = submission?.remoteStaging ?? {};
  return mapper !== undefined && client !== undefined && mayMoveFromHere(mapper);
}

const unfinished = (state: PulsarState): PulsarStatus => ({ state, returnCode: null });
