import type { JoinPart, MergeChoice } from '@galaxy-mesos/parallelism';
import { z } from 'zod';

/** What the program that joins is asked to do. */
export interface JoinOrder {
  readonly merge: MergeChoice;
  /** Contributors' modules, see `loadCatalog` of the package parallelism. */
  readonly modules: readonly string[];
  /** In order. */
  readonly parts: readonly JoinPart[];
  /** Absolute; nothing is there yet. */
  readonly destination: string;
}

/** What it says of the end; empty if all is well. */
export const joinEndSchema = z.strictObject({ message: z.string().exactOptional() });

/** See {@link joinEndSchema}. */
export type JoinEnd = z.infer<typeof joinEndSchema>;
