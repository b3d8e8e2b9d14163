import { z } from 'zod';
import { type ApiContext, type ApiInstance, json, problems } from '../api-instance.ts';
import { visibleJob } from '../job-list.ts';
import { JobRemovals } from '../job-removals.ts';
import { jobParameters } from '../schemas/parameters.ts';
import { wholeNumber } from '../schemas/query.ts';
import { jobRemovalSchema, jobViewSchema } from '../schemas/views.ts';

const tags = ['jobs'];

/** Long enough for what ends when it is told to, and short enough to wait for an answer. */
const defaultWait = 5;
const longestWait = 300;

/** What is done to jobs that are there. */
const actions = {
  retry: {
    ...{ operationId: 'retryJob', summary: 'Take up a job in error' },
    description: 'What is done stays done: only tasks that failed run again.',
  },
  pause: {
    ...{ operationId: 'pauseJob', summary: 'Start nothing of a job any more' },
    description: 'What runs goes on.',
  },
  resume: { operationId: 'resumeJob', summary: 'Go on with a paused job' },
  cancel: {
    ...{ operationId: 'cancelJob', summary: 'End a job' },
    description: 'One that has ended already stays as it is.',
  },
} as const;

/** What can be done to a job: retry, pause, resume, cancel, remove. */
export function actionRoutes(api: ApiInstance, { jobs, closing }: ApiContext): void {
  const removals = new JobRemovals(jobs, closing, (jobId, err) =>
    api.log.error({ err, jobId }, 'a job could not be removed'),
  );
  for (const action of ['retry', 'pause', 'resume', 'cancel'] as const) {
    api.post(
      `/jobs/:id/${action}`,
      {
        schema: {
          ...{ tags, ...actions[action], params: jobParameters },
          response: { 200: json('The job as it stands now.', jobViewSchema), ...problems(404, 409, 503) },
        },
      },
      async ({ params, principal }) => {
        const { id } = visibleJob(jobs, principal, params.id);
        return await jobs[action](id);
      },
    );
  }

  api.delete(
    '/jobs/:id',
    {
      schema: {
        ...{ tags, operationId: 'removeJob', summary: 'End a job and forget it' },
        description:
          'The job is ended at once, and forgotten when nothing of it runs any more; all files that were kept for it are removed, its outputs stay. An agent that cannot be reached may hold that up: the answer is 202 then, and the removal goes on, for some minutes at most. It ends with an event `removed`; a daemon that is started anew meanwhile has to be asked again.',
        params: jobParameters,
        querystring: z.strictObject({
          wait: wholeNumber(0, longestWait)
            .exactOptional()
            .describe(`So many seconds the answer waits until it is gone; default: ${defaultWait}.`),
        }),
        response: {
          202: json('It has ended, and is not gone yet.', jobRemovalSchema),
          204: z.undefined().describe('It is gone.'),
          ...problems(404, 503),
        },
      },
    },
    async ({ params, query, principal }, reply) => {
      const { id } = visibleJob(jobs, principal, params.id);
      const waiting = await removals.remove(id, query.wait ?? defaultWait);
      return waiting ? reply.code(202).send(waiting) : reply.code(204).send();
    },
  );
}
