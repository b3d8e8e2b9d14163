import { type JobQuery, JobServiceError, type JobState, type JobView } from '@galaxy-mesos/galaxy-jobs';
import type { Principal } from '../access/principal.ts';
import type { JobService } from '../job-service.ts';

/**
 * A job, if somebody may see it.
 * @throws JobServiceError UNKNOWN_JOB, also of jobs of others: that they are there is nobody's business.
 */
export function visibleJob(jobs: JobService, principal: Principal, jobId: string): JobView {
  const view = jobs.job(jobId);
  if (view && (principal.isAdmin || view.owner === principal.name)) return view;
  return unknownJob(jobId);
}

/** @throws JobServiceError UNKNOWN_JOB */
export function unknownJob(jobId: string): never {
  throw new JobServiceError('UNKNOWN_JOB', jobId, `there is no job ${JSON.stringify(jobId)}`);
}

/** A part of the jobs that somebody may see. */
export interface JobPage {
  readonly jobs: readonly JobView[];
  /** Where the next page begins, if there is more. */
  readonly next?: string;
}

/** Which page is asked for. */
export interface JobPageQuery {
  readonly states?: readonly JobState[];
  readonly user?: string;
  readonly owner?: string;
  readonly order?: 'oldest' | 'youngest';
  readonly after?: string;
  readonly limit: number;
}

/** Jobs that somebody may see. */
export function jobPage(jobs: JobService, principal: Principal, query: JobPageQuery): JobPage {
  const owner = principal.isAdmin ? query.owner : principal.name;
  if (query.owner !== undefined && query.owner !== owner) return { jobs: [] };
  const filter = {
    ...(owner !== undefined && { owner }),
    ...(query.user !== undefined && { user: query.user }),
    ...(query.states !== undefined && { states: query.states }),
    ...(query.order !== undefined && { order: query.order }),
  };
  const found = jobsAfter(jobs, filter, query.after, query.limit + 1);
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return { jobs: page, ...(found.length > page.length && last && { next: `${last.createdAt}-${last.id}` }) };
}

/** The jobs behind a cursor, which may name a job that has been removed since. */
function jobsAfter(
  jobs: JobService,
  filter: JobQuery,
  cursor: string | undefined,
  limit: number,
): readonly JobView[] {
  if (cursor === undefined) return jobs.jobs({ ...filter, limit });
  const [, createdAt, id] = /^(\d+)-(.*)$/s.exec(cursor) ?? [];
  if (id !== undefined && jobs.job(id)) return jobs.jobs({ ...filter, after: id, limit });
  const isBehind =
    filter.order === 'youngest'
      ? (view: JobView) => view.createdAt <= Number(createdAt)
      : (view: JobView) => view.createdAt >= Number(createdAt);
  return jobs.jobs(filter).filter(isBehind).slice(0, limit);
}
