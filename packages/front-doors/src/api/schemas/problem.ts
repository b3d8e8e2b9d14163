import { z } from 'zod';

/** An answer that says what went wrong (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe('A name for this kind of problem, as a URN.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What was wrong this time.'),
    code: z.string().describe('The same kind, for programs: such as `UNKNOWN_JOB`.'),
    advice: z.string().exactOptional().describe('What to do.'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .exactOptional()
      .describe('What is wrong with which field of the request.'),
  })
  .meta({
    id: 'Problem',
    description: 'What went wrong, and what to do.',
    examples: [
      {
        type: 'urn:galaxy-mesos:problem:unknown-job',
        ...{ title: 'There is no such job', status: 404, code: 'UNKNOWN_JOB' },
        ...{ detail: 'there is no job job-1', advice: 'look at GET /api/v1/jobs' },
      },
    ],
  });

/** See {@link problemSchema}. */
export type Problem = z.infer<typeof problemSchema>;
