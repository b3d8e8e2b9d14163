import { JobServiceError, type JobServiceErrorCode } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyReply } from 'fastify';
import { FrontDoorError } from '../access/front-door-error.ts';

const serviceStatus: Readonly<Record<JobServiceErrorCode, number>> = {
  UNKNOWN_JOB: 404,
  DUPLICATE_JOB: 409,
  WRONG_STATE: 409,
  REFUSED: 422,
  UNAVAILABLE: 503,
};

/** Answers as Pulsar does, which calls its JSON HTML; `<` is written so that no browser can take it for that. */
export const answerJson = (reply: FastifyReply, value: unknown): FastifyReply =>
  answer(reply, JSON.stringify(value).replaceAll('<', '\\u003c'));

/** Answers what Pulsar answers where there is nothing to say. */
export const answerOk = (reply: FastifyReply): FastifyReply => answer(reply, 'OK');

const answer = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('x-content-type-options', 'nosniff').type('text/html; charset=UTF-8').send(text);

/**
 * Answers with a sentence of plain text what was wrong. Galaxy's client makes one error of all statuses from 400 on,
 * so that the right one costs nothing and helps whoever reads a log.
 *
 * @throws the error itself, if nobody outside should hear of it
 */
export function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  const status = statusOf(error);
  if (status === undefined || !(error instanceof Error)) throw error;
  if (error instanceof FrontDoorError && error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', error.retryAfterSeconds);
  }
  return reply
    .code(status)
    .header('x-content-type-options', 'nosniff')
    .type('text/plain; charset=UTF-8')
    .send(`${error.message}\n`);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof FrontDoorError) return error.statusCode;
  if (error instanceof JobServiceError) return serviceStatus[error.code];
  // What Fastify itself refuses.
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status < 500 ? status : undefined;
}
