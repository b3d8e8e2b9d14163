import { environmentEntriesSchema } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { remoteStagingSchema } from './staging/remote-staging.ts';

/** A file that a tool may write, and whose contents go into the status; Galaxy finds outputs by it. */
export const dynamicFileSourceSchema = z.looseObject({ path: z.string(), type: z.string() });

/** What Galaxy submitted; of a job that was handed on, what is still needed of it. */
export const submissionSchema = z.object({
  commandLine: z.string(),
  /** The parameters of the destination that begin with `submit_`. */
  parameters: z.record(z.string(), z.unknown()),
  environment: environmentEntriesSchema,
  remoteStaging: remoteStagingSchema,
  dynamicFileSources: z.array(dynamicFileSourceSchema),
  touchOutputs: z.array(z.string()),
  /** Whether it is cut into parts; known of a job that was handed on. */
  isSplit: z.boolean().default(false),
});

/** Given with `submit` by a Galaxy that did not ask `setup` before. */
export const setupParametersSchema = z.object({
  tool_id: z.string().nullish(),
  tool_version: z.string().nullish(),
});

/**
 * How far the door is with a job: `setup`: files come in. `staging`: submitted, and being fetched or handed on to
 * whoever runs jobs. `submitted`: handed on. `failed`: never could be. `cancelled`: before it was handed on.
 * `cleaning`: Galaxy does not want to hear of it any more. `renewing`: an old job of that id makes room for a new one.
 */
const recordStates = [
  'setup',
  'staging',
  'submitted',
  'failed',
  'cancelled',
  'cleaning',
  'renewing',
] as const;

/** What the door remembers of a job. */
export const jobRecordSchema = z.object({
  owner: z.string(),
  manager: z.string(),
  id: z.string(),
  toolId: z.string().exactOptional(),
  toolVersion: z.string().exactOptional(),
  state: z.enum(recordStates),
  /** When the state became this one, in milliseconds since 1970. */
  changedAt: z.number(),
  submission: submissionSchema.exactOptional(),
  /** Why it failed. */
  message: z.string().exactOptional(),
  /** How bringing the outputs to Galaxy ended, where that is to be done from here. */
  collected: z.enum(['all', 'not all']).exactOptional(),
});

/** See {@link submissionSchema}. */
export type Submission = z.infer<typeof submissionSchema>;
/** See {@link jobRecordSchema}. */
export type JobRecord = z.infer<typeof jobRecordSchema>;
