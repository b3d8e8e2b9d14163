import type { JoinPart, MergeChoice } from '@galaxy-mesos/parallelism';
import { z } from 'zod';

/** What the program that joins is asked to do. */
export interface JoinOrder {
  readonly merge: MergeChoice;
  /** Contributors' modules, see `loadCatalog` of the package parallelism. */
  readonly modules: readonly string[];
  /** Absolute; nothing is there yet. */
  readonly destination: string;
}

/** Of a part, one line each, in order, in the file that is its descriptor 3: there may be a hundred thousand. */
export const joinPartSchema: z.ZodType<JoinPart> = z.strictObject({
  path: z.string(),
  label: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
});

/** What it says of the end; empty if all is well. */
export const joinEndSchema = z.strictObject({ message: z.string().exactOptional() });

/** See {@link joinEndSchema}. */
export type JoinEnd = z.infer<typeof joinEndSchema>;
