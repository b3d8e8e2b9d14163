import { type JobQuery, JobServiceError, type JobView } from '@galaxy-mesos/galaxy-jobs';
import type { TaskId, TaskRecord, TaskSpec } from '@galaxy-mesos/scheduler';
import { jobIdsOf, partTaskId, splitGeneration, taskKind } from '../task-ids.ts';
import { JobEntry } from './job-entry.ts';
import type { KeptJob } from './runner-store.ts';

/** The jobs of the runner, oldest first, and whose tasks are whose. */
export class JobTable {
  readonly #jobs = new Map<string, JobEntry>();
  /** Ids of jobs that are being stored. */
  readonly #reserved = new Set<string>();
  readonly #owners = new Map<TaskId, JobEntry>();

  get entries(): Iterable<JobEntry> {
    return this.#jobs.values();
  }

  get(jobId: string): JobEntry | undefined {
    return this.#jobs.get(jobId);
  }

  /** @throws JobServiceError `UNKNOWN_JOB` */
  need(jobId: string): JobEntry {
    const entry = this.#jobs.get(jobId);
    if (!entry) throw new JobServiceError('UNKNOWN_JOB', jobId, `there is no job ${jobId}`);
    return entry;
  }

  /**
   * Keeps an id for a job that is being stored.
   * @throws JobServiceError `DUPLICATE_JOB`
   */
  reserve(jobId: string): void {
    if (this.#jobs.has(jobId) || this.#reserved.has(jobId))
      throw new JobServiceError('DUPLICATE_JOB', jobId, `there is a job ${jobId} already`);
    this.#reserved.add(jobId);
  }

  /** It was stored, as `entry`, or was not. */
  settle(jobId: string, entry?: JobEntry): void {
    this.#reserved.delete(jobId);
    if (entry) this.#jobs.set(jobId, entry);
    // Of what was to be written together a part may be there.
    else this.#jobs.delete(jobId);
  }

  /** Takes over what is in a store; what has no tasks yet gets a new generation. */
  restore(jobs: readonly KeptJob[], records: readonly TaskRecord[], newGeneration: () => string): void {
    const byId = new Map(records.map((record) => [splitGeneration(record.spec.id).id, record]));
    const joins = joinsOf(jobs, byId);
    for (const kept of jobs) {
      const own = [...partsOf(kept, byId), ...(joins.get(kept.job.id) ?? [])];
      const [first] = own;
      const generation = first ? splitGeneration(first.spec.id).generation : newGeneration();
      const entry = new JobEntry(kept, generation);
      this.#jobs.set(entry.id, entry);
      for (const record of own) {
        entry.book.restore(record);
        this.#owners.set(record.spec.id, entry);
      }
    }
  }

  /** Tasks are about to be submitted. */
  own(entry: JobEntry, specs: readonly TaskSpec[]): void {
    for (const { id } of specs) this.#owners.set(id, entry);
  }

  /** The job that a task is of. */
  ofTask(taskId: TaskId): JobEntry | undefined {
    return this.#owners.get(taskId);
  }

  /** The job that an attempt is of, by the way attempts are named. */
  ofAttempt(attemptId: string): JobEntry | undefined {
    return this.#owners.get(attemptId.slice(0, attemptId.lastIndexOf('-')));
  }

  forget(entry: JobEntry): void {
    this.#jobs.delete(entry.id);
    this.disown(entry);
  }

  /** Nothing is heard any more of the tasks that it has. */
  disown(entry: JobEntry): void {
    for (const id of entry.book.ids) this.#owners.delete(id);
  }

  /** None if there is no job `after`. */
  query({ owner, user, states, order, after, limit = Number.POSITIVE_INFINITY }: JobQuery): JobView[] {
    const views: JobView[] = [];
    let isAfter = after === undefined;
    const entries = order === 'youngest' ? [...this.#jobs.values()].reverse() : this.#jobs.values();
    for (const entry of entries) {
      if (views.length >= limit) break;
      const { job, shown } = entry;
      const isMeant =
        (owner === undefined || job.owner === owner) &&
        (user === undefined || job.user === user) &&
        (states === undefined || states.includes(shown.state));
      if (isAfter && isMeant) views.push(entry.view());
      isAfter ||= entry.id === after;
    }
    return views;
  }
}

/** Parts are counted from 0 without a gap: those of a batch are stored at once, and one batch after the other. */
function* partsOf({ job }: KeptJob, byId: ReadonlyMap<TaskId, TaskRecord>): Iterable<TaskRecord> {
  for (let index = 0; ; index++) {
    const part = byId.get(partTaskId(job, index));
    if (!part) break;
    yield part;
  }
}

/** The tasks that join results, by the ids of their jobs. */
function joinsOf(
  jobs: readonly KeptJob[],
  byId: ReadonlyMap<TaskId, TaskRecord>,
): ReadonlyMap<string, readonly TaskRecord[]> {
  const split = new Map(jobs.flatMap(({ job }) => (job.split ? [[job.id, job]] : [])));
  const joins = new Map<string, TaskRecord[]>();
  for (const [id, record] of split.size > 0 ? byId : []) {
    const owners = jobIdsOf(id).flatMap((jobId) => split.get(jobId) ?? []);
    const owner = owners.find((job) => taskKind(job, id) === 'join');
    if (!owner) continue;
    const own = joins.get(owner.id) ?? [];
    own.push(record);
    joins.set(owner.id, own);
  }
  return joins;
}
