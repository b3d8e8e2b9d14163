import type { JobState } from './job.ts';

/**
 * Which states can follow which. A job goes back from `running` to `queued` when all that ran of it was lost, from
 * `paused` to wherever it was, or straight to an end, because what runs of a paused job goes on. A job that is taken
 * up again leaves `error`, for `new` if it was not planned yet. Nothing follows `ok` and `deleted`.
 */
export const jobTransitions: { readonly [From in JobState]: readonly Exclude<JobState, From>[] } = {
  new: ['queued', 'paused', 'error', 'deleted'],
  queued: ['running', 'paused', 'ok', 'error', 'deleted'],
  running: ['queued', 'paused', 'ok', 'error', 'deleted'],
  paused: ['new', 'queued', 'running', 'ok', 'error', 'deleted'],
  ok: [],
  error: ['new', 'queued'],
  deleted: [],
};

/** Whether a job in the one state may be in the other next; staying where it is is no transition. */
export const mayBecome = (from: JobState, to: JobState): boolean =>
  jobTransitions[from].some((state) => state === to);
