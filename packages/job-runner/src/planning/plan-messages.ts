import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { errorDataSchema } from '@galaxy-mesos/parallelism';
import { z } from 'zod';
import type { PlanFacts } from './plan-facts.ts';
import { handedPartSchema, joinsSchema } from './planned-data.ts';

/** What the program that plans is asked to do. */
export type PlanOrder =
  | {
      readonly type: 'plan';
      readonly job: Job;
      readonly facts: PlanFacts;
      /** Contributors' modules, see `loadCatalog` of the package parallelism. */
      readonly modules: readonly string[];
      /** Where the file is that it has open for what parts need and no input has. */
      readonly sidecar: string;
    }
  | { readonly type: 'check'; readonly job: SplitJob; readonly modules: readonly string[] };

/** What of a job is looked at before it is taken. */
export type SplitJob = Pick<Job, 'split' | 'inputs' | 'outputs'>;

/**
 * What the program says. It may be somebody else's by then: it runs as the user of the job, and whatever else runs as
 * that user can get at it.
 */
export const planNewsSchema = z.discriminatedUnion('type', [
  /** How the job is cut; the first that is said. */
  z.strictObject({ type: z.literal('chosen'), isWhole: z.boolean(), joins: joinsSchema }),
  /** The next ones; what they need of the sidecar is on the disk. */
  z.strictObject({ type: z.literal('parts'), parts: z.array(handedPartSchema) }),
  z.strictObject({ type: z.literal('progress'), read: z.number(), size: z.number() }),
  /** Said again and again while it can: one that computes something without an end cannot. */
  z.strictObject({ type: z.literal('alive') }),
  /** Asks for the seconds that the command of a part ran, and is answered by {@link TookAnswer}. */
  z.strictObject({ type: z.literal('took'), index: z.number().int().nonnegative() }),
  /** The last that is said: there are no more parts, or the job cannot be cut. */
  z.strictObject({ type: z.literal('end'), error: errorDataSchema.exactOptional() }),
]);

/** See {@link planNewsSchema}. */
export type PlanNews = z.infer<typeof planNewsSchema>;

/** How long a part took, in seconds. */
export interface TookAnswer {
  readonly seconds: number;
}
