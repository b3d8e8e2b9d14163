import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { type JobStore, openJobStore, type StoredJob } from '@galaxy-mesos/job-store';
import { UsageError } from './usage-error.ts';

/** A job with the directory and the open store in which its state is kept. */
export interface JobWork {
  readonly job: Job;
  readonly directory: string;
  readonly store: JobStore;
  /**
   * `new`; `resumed` from an earlier run; `done`, if that had come to its end already, and was only not cleaned
   * up or was kept; `stale`, if an earlier run, as which `job` stands here, is to be thrown away: end what it
   * left running, then call {@link beginAnew}.
   */
  readonly state: 'new' | 'resumed' | 'done' | 'stale';
}

const storeFile = 'job.sqlite';

/** A new id for a job; part of the names of its tasks on a cluster. */
export const newJobId = (): string => `job-${randomBytes(4).toString('hex')}`;

/**
 * Where the state of the job that makes `target` lies: beside it, or in the directory that a person chose for
 * all jobs. The same target always has the same one, so that an unfinished run is found again.
 */
export function workDirectoryFor(target: string, chosen: string | undefined): string {
  const name = path.basename(target);
  if (chosen === undefined) return path.join(path.dirname(target), `.${name}.galaxy-mesos`);
  const tag = createHash('sha256').update(target).digest('hex').slice(0, 8);
  return path.resolve(chosen, `${name}-${tag}.galaxy-mesos`);
}

/**
 * Opens the state of a job: new, or with `resume` that of an earlier run, which must have been of the same job.
 * An unfinished run that came to nothing is thrown away.
 * @throws UsageError if there is an unfinished run and it was not said what to do with it, or if it was one of
 *   another job; StoreError if another process works on it.
 */
export async function openJobWork(
  described: Job,
  directory: string,
  { resume, restart }: { readonly resume?: boolean; readonly restart?: boolean },
): Promise<JobWork> {
  mkdirSync(directory, { recursive: true });
  const store = await openJobStore(path.join(directory, storeFile));
  try {
    const earlier = (await store.jobs()).at(-1);
    if (!earlier) return await begin(store, described, directory);
    if (resume) return goOn(store, earlier, described, directory);
    if (earlier.state !== 'ok' && !restart && (await store.hasProgress()))
      throw new UsageError(unfinished(directory));
    return { job: earlier.job, directory, store, state: 'stale' };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Throws away what an earlier run left, and begins the job in its place. */
export async function beginAnew(described: Job, work: JobWork): Promise<JobWork> {
  const { directory } = work;
  await removeJobWork(work);
  mkdirSync(directory, { recursive: true });
  return begin(await openJobStore(path.join(directory, storeFile)), described, directory);
}

/**
 * Removes all that a job left, its store last: what is cut short can be taken up again, and no other run gets at
 * the directory while it is emptied.
 */
export async function removeJobWork({
  directory,
  store,
}: Pick<JobWork, 'directory' | 'store'>): Promise<void> {
  rmSync(path.join(directory, 'attempts'), { recursive: true, force: true });
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}

async function begin(store: JobStore, job: Job, directory: string): Promise<JobWork> {
  await store.addJob(job);
  return { job, directory, store, state: 'new' };
}

function goOn(store: JobStore, { job, state }: StoredJob, described: Job, directory: string): JobWork {
  const changed = differences(job, described);
  // Nothing is lost with a finished run: what it made is in its place, whatever it was.
  if (state === 'ok') return { job, directory, store, state: changed.length > 0 ? 'stale' : 'done' };
  if (changed.length > 0) {
    throw new UsageError(
      `--resume: the unfinished run in ${directory} is of another job; these differ: ${changed.join(', ')}. ` +
        'Give the same command as then, or begin anew with --restart',
    );
  }
  return { job: { ...described, id: job.id }, directory, store, state: 'resumed' };
}

const unfinished = (directory: string): string =>
  `an earlier run was not finished (${directory}); go on with it by --resume, or throw it away by --restart`;

/** What makes two descriptions different jobs; what a task may use, and how often it is tried, does not. */
function differences(before: Job, now: Job): string[] {
  const compared = ['command', 'shell', 'standardOutput', 'inputs', 'outputs', 'stdio', 'split'] as const;
  return compared.filter((key) => !isDeepStrictEqual(before[key], now[key]));
}
