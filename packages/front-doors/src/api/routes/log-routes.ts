import { Readable } from 'node:stream';
import type { TaskView } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { type ApiContext, type ApiInstance, problems } from '../api-instance.ts';
import { FollowedLog, type LogToFollow } from '../followed-log.ts';
import { visibleJob } from '../job-list.ts';
import { logHeaders } from '../log-headers.ts';
import { jobParameters } from '../schemas/parameters.ts';
import { wholeNumber, yesOrNo } from '../schemas/query.ts';

const tags = ['jobs'];
const mostBytes = 8 * 1024 * 1024;
const defaultBytes = 64 * 1024;

const description = `With \`follow\` the answer has the headers \`Log-Attempt\` and \`Log-From\`, if an attempt has begun: which one it begins
with, and how many bytes stand before. Where another attempt begins, a line says so. Who gives both as \`attempt\` and
\`from\`, with the bytes added that have come since, goes on after a break without a byte lost or doubled; then only
that attempt is told, and the answer ends when it has.`;

const querySchema = z
  .strictObject({
    stream: z.enum(['stdout', 'stderr']).exactOptional().describe('Default: stdout.'),
    task: z.string().exactOptional().describe('The id of a task; default: the first one.'),
    bytes: wholeNumber(0, mostBytes)
      .exactOptional()
      .describe(`How much of the end of what is there; default: ${defaultBytes}.`),
    follow: yesOrNo.exactOptional().describe('Go on until the job has ended.'),
    attempt: z.string().exactOptional().describe('With `follow`: only this attempt; default: the latest.'),
    from: wholeNumber(0, Number.MAX_SAFE_INTEGER)
      .exactOptional()
      .describe('With `follow` and `attempt`: begin behind so many bytes, in place of `bytes`.'),
  })
  .refine(({ follow, attempt }) => follow || attempt === undefined, {
    ...{ path: ['attempt'], error: 'only with follow=true' },
  })
  .refine(({ attempt, from }) => attempt !== undefined || from === undefined, {
    ...{ path: ['from'], error: 'only with an attempt' },
  });

/** What tasks write. */
export function logRoutes(api: ApiInstance, { jobs, closing }: ApiContext): void {
  function check(jobId: string, { task, attempt }: z.output<typeof querySchema>): void {
    const tasks = jobs.tasks(jobId);
    const found: TaskView | undefined = task === undefined ? tasks[0] : tasks.find(({ id }) => id === task);
    if (task !== undefined && !found) {
      throw new FrontDoorError('NOT_FOUND', `job ${jobId} has no task ${JSON.stringify(task)}`);
    }
    if (attempt === undefined || found?.attempts.some(({ id }) => id === attempt)) return;
    throw new FrontDoorError('NOT_FOUND', `that task has no attempt ${JSON.stringify(attempt)}`);
  }

  async function follow(request: FastifyRequest, reply: FastifyReply, log: LogToFollow) {
    const followed = new FollowedLog(jobs, log);
    const place = await followed.begin();
    if (place) {
      reply.header(logHeaders.attempt, place.attemptId).header(logHeaders.from, String(place.from));
    }
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing, request.dismissal(gone.signal)]);
    // Else the answer would begin with the first byte, for which whoever asks may wait for days.
    reply.raw.once('pipe', () => reply.raw.flushHeaders());
    return reply.send(Readable.from(followed.bytes(signal), { objectMode: false }));
  }

  api.get(
    '/jobs/:id/logs',
    {
      // To look whether it is there nobody needs to follow it.
      exposeHeadRoute: false,
      schema: {
        ...{ tags, operationId: 'readLog', description },
        summary: 'The end of what a task has written, and what it goes on to',
        params: jobParameters,
        querystring: querySchema,
        response: {
          200: { description: 'As it was written.', content: { 'text/plain': { schema: z.string() } } },
          ...problems(404, 503),
        },
      },
    },
    async (request, reply) => {
      const { params, query, principal } = request;
      const { id } = visibleJob(jobs, principal, params.id);
      check(id, query);
      const { stream = 'stdout', task, attempt, from, bytes = defaultBytes } = query;
      const log = { stream, ...(task !== undefined && { taskId: task }) };
      reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff');
      if (!query.follow) return await jobs.tail(id, { ...log, maximumBytes: bytes });
      const which = {
        ...(attempt !== undefined && { attemptId: attempt }),
        ...(from !== undefined && { from }),
      };
      return (await follow(request as never, reply as never, {
        ...log,
        ...which,
        jobId: id,
        bytes,
      })) as never;
    },
  );
}
