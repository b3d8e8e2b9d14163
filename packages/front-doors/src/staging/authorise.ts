import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { StagedJob } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import type { JobService } from '../job-service.ts';

/** Whoever showed the secret of a job, and is an attempt at it that is still wanted. */
export interface Visitor {
  readonly job: StagedJob;
  readonly attemptId: string;
}

const headersSchema = z.object({
  authorization: z.string().regex(/^Bearer \S+$/i),
  // Header values are bytes to Node; an attempt id is text.
  'galaxy-mesos-attempt': z
    .string()
    .min(1)
    .transform((value) => Buffer.from(value, 'latin1').toString())
    .refine((value) => Buffer.byteLength(value) <= 255 && !/[/\\\p{Cc}]/u.test(value))
    .refine((value) => value !== '.' && value !== '..'),
});

/**
 * Lets an attempt in.
 * @throws FrontDoorError `UNAUTHORIZED` without headers, `OUTSIDE` with a wrong secret or an unknown job, which are not
 * told apart, and `GONE` for an attempt that is over
 */
export function authorise(
  jobs: Pick<JobService, 'staged'>,
  jobId: string,
  headers: IncomingHttpHeaders,
): Visitor {
  const { success, data } = headersSchema.safeParse(headers);
  if (!success) {
    const expected = 'expected the headers "authorization: Bearer SECRET" and "galaxy-mesos-attempt: ID"';
    throw new FrontDoorError('UNAUTHORIZED', expected);
  }
  const job = jobs.staged(jobId);
  const isRight = isSame(data.authorization.replace(/^Bearer /i, ''), job?.secret ?? '');
  if (job === undefined || job.secret === '' || !isRight) {
    throw new FrontDoorError('OUTSIDE', 'this secret opens no job of this name');
  }
  const attemptId = data['galaxy-mesos-attempt'];
  if (!job.isOpen(attemptId))
    throw new FrontDoorError('GONE', 'this attempt is over: nobody wants its files');
  return { job, attemptId };
}

/** Digests are of one length, whatever was sent, and comparing them takes one time. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
