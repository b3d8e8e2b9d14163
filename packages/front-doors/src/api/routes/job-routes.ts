import { jobDocumentSchema, jobSchema } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { type ApiContext, type ApiInstance, json, problems } from '../api-instance.ts';
import { jobPage, unknownJob, visibleJob } from '../job-list.ts';
import { jobParameters } from '../schemas/parameters.ts';
import { wholeNumber, yesOrNo } from '../schemas/query.ts';
import { jobStateSchema, jobViewSchema, submittedJobViewSchema, taskViewSchema } from '../schemas/views.ts';
import { submittedJob } from '../submitted-job.ts';
import { submittedView } from '../submitted-view.ts';

const tags = ['jobs'];
/** A job of many thousand inputs; the commands of Galaxy's jobs are some kB. */
const maximumJobBytes = 16 * 1024 * 1024;
const mostJobs = 1000;
const defaultJobs = 100;

const jobPageSchema = z.object({
  jobs: z.array(jobViewSchema),
  next: z.string().exactOptional().describe('There are more: send this as `after`.'),
});

/** Jobs: submitted, listed, shown. */
export function jobRoutes(api: ApiInstance, { jobs, directories, rules }: ApiContext): void {
  api.post(
    '/jobs',
    {
      bodyLimit: maximumJobBytes,
      schema: {
        ...{ tags, operationId: 'submitJob', summary: 'Submit a job' },
        description:
          'The job is durable when this is answered, and runs as soon as there is room; if nothing that is known now could ever hold it, `warning` says so. To be sure that it arrives just once, give it an id: sent again, it is answered by 409.',
        querystring: z.strictObject({
          paused: yesOrNo.exactOptional().describe('Do not start it until it is resumed.'),
        }),
        body: jobDocumentSchema,
        response: {
          201: json('The job as it was taken; the header Location names it.', submittedJobViewSchema),
          ...problems(409, 413, 415, 422, 503),
        },
      },
    },
    async ({ body, query, principal }, reply) => {
      const job = await submittedJob(body ?? undefined, principal, {
        directories: directories(),
        resources: rules?.(),
      });
      const view = await jobs.submit(job, { paused: query.paused ?? false });
      return reply
        .code(201)
        .header('location', `${api.prefix}/jobs/${encodeURIComponent(view.id)}`)
        .send(jobs.bringsAgents ? view : submittedView(view, jobs.agents()));
    },
  );

  api.get(
    '/jobs',
    {
      schema: {
        ...{ tags, operationId: 'listJobs', summary: 'List jobs' },
        querystring: z.strictObject({
          state: z
            .union([jobStateSchema, z.array(jobStateSchema)])
            .exactOptional()
            .describe('Only jobs in this state; may be given several times.'),
          user: z.string().exactOptional().describe('Only jobs that count for this user.'),
          owner: z.string().exactOptional().describe('Only jobs submitted with the token of this name.'),
          order: z
            .enum(['oldest', 'youngest'], { error: 'expected oldest or youngest' })
            .exactOptional()
            .describe('Which come first; default: oldest.'),
          after: z
            .string()
            .regex(/^\d{1,15}-/, { error: 'expected what an earlier answer had as "next"' })
            .exactOptional()
            .describe('Where to go on, in the same order: `next` of the answer before.'),
          limit: wholeNumber(1, mostJobs).exactOptional().describe(`Default: ${defaultJobs}.`),
        }),
        response: {
          200: json('A page of jobs.', jobPageSchema),
          ...problems(),
        },
      },
    },
    async ({ query: { state, limit = defaultJobs, ...filter }, principal }) => {
      const states = Array.isArray(state) ? state : state && [state];
      const page = jobPage(jobs, principal, { ...filter, limit, ...(states && { states }) });
      return { ...page, jobs: [...page.jobs] };
    },
  );

  api.get(
    '/jobs/:id',
    {
      schema: {
        ...{ tags, operationId: 'showJob', summary: 'A job as it stands' },
        params: jobParameters,
        response: { 200: json('The job.', jobViewSchema), ...problems(404) },
      },
    },
    async ({ params, principal }) => visibleJob(jobs, principal, params.id),
  );

  api.get(
    '/jobs/:id/description',
    {
      schema: {
        ...{ tags, operationId: 'describeJob', summary: 'A job as it was submitted' },
        params: jobParameters,
        response: { 200: json('The job as it was submitted.', jobSchema), ...problems(404) },
      },
    },
    async ({ params, principal }) => {
      const { id } = visibleJob(jobs, principal, params.id);
      return jobs.described(id) ?? unknownJob(id);
    },
  );

  api.get(
    '/jobs/:id/tasks',
    {
      schema: {
        ...{ tags, operationId: 'listTasks', summary: 'The tasks of a job, and what was tried' },
        params: jobParameters,
        response: {
          200: json('Its tasks, in the order of its plan.', z.object({ tasks: z.array(taskViewSchema) })),
          ...problems(404),
        },
      },
    },
    async ({ params, principal }) => {
      const { id } = visibleJob(jobs, principal, params.id);
      return { tasks: jobs.tasks(id).map((task) => ({ ...task, attempts: [...task.attempts] })) };
    },
  );
}
