import { Readable } from 'node:stream';
import { z } from 'zod';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { type ApiContext, type ApiInstance, problems } from '../api-instance.ts';
import { followedLog } from '../followed-log.ts';
import { visibleJob } from '../job-list.ts';
import { jobParameters } from '../schemas/parameters.ts';
import { wholeNumber, yesOrNo } from '../schemas/query.ts';

const tags = ['jobs'];
const mostBytes = 8 * 1024 * 1024;
const defaultBytes = 64 * 1024;

/** What tasks write. */
export function logRoutes(api: ApiInstance, { jobs, closing }: ApiContext): void {
  function checkTask(taskId: string | undefined, jobId: string): void {
    if (taskId === undefined || jobs.tasks(jobId).some(({ id }) => id === taskId)) return;
    throw new FrontDoorError('NOT_FOUND', `job ${jobId} has no task ${JSON.stringify(taskId)}`);
  }

  api.get(
    '/jobs/:id/logs',
    {
      // To look whether it is there nobody needs to follow it.
      exposeHeadRoute: false,
      schema: {
        ...{
          tags,
          operationId: 'readLog',
          summary: 'The end of what a task has written, and what it goes on to',
        },
        params: jobParameters,
        querystring: z.strictObject({
          stream: z.enum(['stdout', 'stderr']).exactOptional().describe('Default: stdout.'),
          task: z.string().exactOptional().describe('The id of a task; default: the first one.'),
          bytes: wholeNumber(0, mostBytes)
            .exactOptional()
            .describe(`How much of the end of what is there; default: ${defaultBytes}.`),
          follow: yesOrNo.exactOptional().describe('Go on until the job has ended.'),
        }),
        response: {
          200: { description: 'As it was written.', content: { 'text/plain': { schema: z.string() } } },
          ...problems(404, 503),
        },
      },
    },
    async ({ params, query, principal }, reply) => {
      const { id } = visibleJob(jobs, principal, params.id);
      checkTask(query.task, id);
      const { stream = 'stdout', task, bytes = defaultBytes } = query;
      const log = { stream, ...(task !== undefined && { taskId: task }) };
      reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
      if (!query.follow) return await jobs.tail(id, { ...log, maximumBytes: bytes });
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, closing]);
      return reply.send(Readable.from(followedLog(jobs, { ...log, jobId: id, bytes }, signal)) as never);
    },
  );
}
