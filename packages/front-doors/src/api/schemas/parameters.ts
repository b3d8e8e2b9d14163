import { z } from 'zod';

/** The job that a path names. */
export const jobParameters = z.object({
  id: z.string().meta({ description: 'The id of a job.', examples: ['job-1f2e3d4c'] }),
});
