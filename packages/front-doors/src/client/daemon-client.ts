import type {
  AgentView,
  JobEvent,
  JobState,
  JobView,
  TaskView,
  WaitingView,
} from '@galaxy-mesos/galaxy-jobs';
import createHttpClient, { type Client } from 'openapi-fetch';
import { z } from 'zod';
import { apiPrefix } from '../api/api-prefix.ts';
import {
  agentViewSchema,
  type JobRemoval,
  jobRemovalSchema,
  jobViewSchema,
  submittedJobViewSchema,
  taskViewSchema,
  waitingViewSchema,
} from '../api/schemas/views.ts';
import type { operations, paths } from '../gen/api.ts';
import { type EventOptions, eventStream } from './event-stream.ts';
import { type FollowOptions, logStream } from './log-stream.ts';
import { accepted, answered, good } from './responses.ts';

/** Where a daemon is, and with what one comes. */
export interface ClientOptions {
  /** Such as `http://127.0.0.1:8913`. */
  readonly url: string;
  readonly token?: string;
}

/** What describes a job to a daemon; see the JSON schema of job documents. */
export type SubmittedJob = operations['submitJob']['requestBody']['content']['application/json'];

/** Which jobs are asked for; all that is given must hold. */
export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly user?: string;
  readonly owner?: string;
  /** Which come first; default: the oldest. */
  readonly order?: 'oldest' | 'youngest';
  /** No more than so many. */
  readonly limit?: number;
}

/** A job as it was taken. */
export interface SubmittedJobView extends JobView {
  /** Why nothing that is known now could ever hold it. */
  readonly warning?: string;
}

/** Which log is asked for, and how much of its end. */
export interface LogOptions {
  readonly stream?: 'stdout' | 'stderr';
  readonly taskId?: string;
  readonly bytes?: number;
}

/** A daemon, as a program asks it. All methods throw `ClientError`. */
export interface DaemonClient {
  readonly url: string;
  /** Every route of the API, typed by its OpenAPI document. */
  readonly http: Client<paths>;
  submit(job: SubmittedJob, options?: { readonly paused?: boolean }): Promise<SubmittedJobView>;
  /** Asked for page by page. */
  jobs(filter?: JobFilter): AsyncGenerator<JobView>;
  job(jobId: string): Promise<JobView>;
  /** As it was submitted. */
  description(jobId: string): Promise<unknown>;
  tasks(jobId: string): Promise<readonly TaskView[]>;
  log(jobId: string, options?: LogOptions): Promise<string>;
  /** See `logStream`. */
  followLog(jobId: string, options?: LogOptions & FollowOptions): AsyncGenerator<string>;
  retry(jobId: string): Promise<JobView>;
  pause(jobId: string): Promise<JobView>;
  resume(jobId: string): Promise<JobView>;
  cancel(jobId: string): Promise<JobView>;
  /**
   * Ends a job and forgets it. If that takes longer than so many seconds (`wait`, default 5), answers what it waits for;
   * the daemon goes on, and whoever asks again waits for the same.
   */
  remove(jobId: string, options?: { readonly wait?: number }): Promise<JobRemoval | undefined>;
  agents(): Promise<readonly AgentView[]>;
  /** What waits, and why. */
  queue(): Promise<readonly WaitingView[]>;
  metrics(): Promise<string>;
  /** See `eventStream`. */
  events(options?: EventOptions): AsyncGenerator<JobEvent>;
}

/** As many as the API answers at once. */
const mostJobsAtOnce = 1000;

const removalSchema = jobRemovalSchema.optional();
const pageSchema = z.object({ jobs: z.array(jobViewSchema), next: z.string().exactOptional() });
const tasksSchema = z.object({ tasks: z.array(taskViewSchema) });
const agentsSchema = z.object({ agents: z.array(agentViewSchema) });
const queueSchema = z.object({ waiting: z.array(waitingViewSchema) });

/** A client of one daemon. */
export function createClient({ url: given, token }: ClientOptions): DaemonClient {
  const url = given.replace(/\/+$/, '');
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const http = createHttpClient<paths>({ baseUrl: url, headers });

  const act = (action: 'retry' | 'pause' | 'resume' | 'cancel') => (id: string) =>
    answered(url, jobViewSchema, http.POST(`/api/v1/jobs/{id}/${action}`, { params: { path: { id } } }));
  const logQuery = ({ stream, taskId, bytes }: LogOptions) => ({
    ...(stream !== undefined && { stream }),
    ...(taskId !== undefined && { task: taskId }),
    ...(bytes !== undefined && { bytes }),
  });

  async function* jobs({ states, user, owner, order, limit }: JobFilter = {}): AsyncGenerator<JobView> {
    let after: string | undefined;
    let left = limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const query = {
        ...(states !== undefined && { state: states }),
        ...(user !== undefined && { user }),
        ...(owner !== undefined && { owner }),
        ...(order !== undefined && { order }),
        ...(after !== undefined && { after }),
        limit: Math.min(left, mostJobsAtOnce),
      };
      const page = await answered(url, pageSchema, http.GET('/api/v1/jobs', { params: { query } }));
      yield* page.jobs;
      if (page.next === undefined) return;
      after = page.next;
      left -= page.jobs.length;
    }
  }

  const job = (id: string) =>
    answered(url, jobViewSchema, http.GET('/api/v1/jobs/{id}', { params: { path: { id } } }));

  async function tasks(id: string): Promise<readonly TaskView[]> {
    const request = http.GET('/api/v1/jobs/{id}/tasks', { params: { path: { id } } });
    return (await answered(url, tasksSchema, request)).tasks;
  }

  function followLog(id: string, options: LogOptions & FollowOptions = {}): AsyncGenerator<string> {
    const { signal, taskId } = options;
    const ends = signal && { signal };
    const follow = (attempt: string, from: number | undefined) => {
      const query = { ...logQuery(options), attempt, follow: true, ...(from !== undefined && { from }) };
      const params = { path: { id }, query };
      return good(url, http.GET('/api/v1/jobs/{id}/logs', { params, parseAs: 'stream', ...ends }));
    };
    const source = { url, jobId: id, taskId, job: () => job(id), tasks: () => tasks(id), follow };
    return logStream(source, options);
  }

  return {
    ...{ url, http, jobs, job, tasks, followLog },
    submit: (body, { paused } = {}) => {
      const query = { ...(paused !== undefined && { paused }) };
      return answered(url, submittedJobViewSchema, http.POST('/api/v1/jobs', { body, params: { query } }));
    },
    description: (id) =>
      accepted(url, http.GET('/api/v1/jobs/{id}/description', { params: { path: { id } } })),
    log(id, options = {}) {
      const params = { path: { id }, query: logQuery(options) };
      return answered(
        url,
        z.string().default(''),
        http.GET('/api/v1/jobs/{id}/logs', { params, parseAs: 'text' }),
      );
    },
    ...{ retry: act('retry'), pause: act('pause'), resume: act('resume'), cancel: act('cancel') },
    remove(id, { wait } = {}) {
      const params = { path: { id }, query: { ...(wait !== undefined && { wait }) } };
      return answered(url, removalSchema, http.DELETE('/api/v1/jobs/{id}', { params }));
    },
    async agents() {
      return (await answered(url, agentsSchema, http.GET('/api/v1/agents'))).agents;
    },
    async queue() {
      return (await answered(url, queueSchema, http.GET('/api/v1/queue'))).waiting;
    },
    metrics: () => answered(url, z.string().default(''), http.GET('/api/v1/metrics', { parseAs: 'text' })),
    events: (options = {}) => eventStream({ url: `${url}${apiPrefix}/events`, headers }, options),
  };
}
