import { z } from 'zod';
import { type ApiContext, type ApiInstance, json, problems } from '../api-instance.ts';
import { visibleJob } from '../job-list.ts';
import { jobParameters } from '../schemas/parameters.ts';
import { jobViewSchema } from '../schemas/views.ts';

const tags = ['jobs'];

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
export function actionRoutes(api: ApiInstance, { jobs }: ApiContext): void {
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
          'Answered when nothing of the job runs any more. All files that were kept for it are removed; its outputs stay.',
        params: jobParameters,
        response: { 204: z.undefined().describe('It is gone.'), ...problems(404, 503) },
      },
    },
    async ({ params, principal }, reply) => {
      const { id } = visibleJob(jobs, principal, params.id);
      await jobs.remove(id);
      return reply.code(204).send();
    },
  );
}
