import type { JobEvent } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { attemptViewSchema, jobViewSchema, taskStateSchema } from './views.ts';

const common = {
  sequence: z.int().describe('Grows with each event.'),
  time: z.number().describe('Milliseconds since 1970.'),
  jobId: z.string(),
  owner: z.string().exactOptional().describe("The job's owner."),
};

export const jobEventSchema = z
  .discriminatedUnion('type', [
    z.object({ ...common, type: z.literal('job'), job: jobViewSchema }),
    z.object({ ...common, type: z.literal('task'), task: taskStateSchema }),
    z.object({ ...common, type: z.literal('attempt'), taskId: z.string(), attempt: attemptViewSchema }),
    z.object({ ...common, type: z.literal('merging'), output: z.string(), parts: z.int() }),
    z.object({ ...common, type: z.literal('removed') }),
  ])
  .meta({
    id: 'JobEvent',
    description:
      'Something that happened to a job, and is durable. `merging`: the results of its parts are being joined to an output. `removed`: nothing is known of it any more.',
  });
jobEventSchema satisfies z.ZodType<JobEvent>;
