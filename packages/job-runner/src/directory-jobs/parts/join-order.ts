import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import type { StrategyMerge } from './strategy-merges.ts';

/** What the program that joins trees is asked to do: one line of JSON on its standard input. */
export interface TreesOrder {
  /** Of the parts, in order, as their attempts have left them. */
  readonly trees: readonly PartTree[];
  /** Absolute path of the tree that is made of them; its directory is there, and it is not. */
  readonly destination: string;
  /** As it was before the job ran. */
  readonly jobDirectory: string;
  /** The outputs that are known, and how they are joined; see `file` of the outputs of a job with a directory. */
  readonly outputs: Job['outputs'];
  /** How the strategy wants outputs of some formats to be joined of which nothing else is said. */
  readonly strategyMerges: readonly StrategyMerge[];
  /** Whether parts that have failed are left out of the outputs, as long as there is one that has not. */
  readonly skipFailed: boolean;
  /** Contributors' modules, see `loadCatalog` of the package parallelism. */
  readonly modules: readonly string[];
}

/** What it says of the end. It may be somebody else's by then: see `planNewsSchema`. */
export const treesEndSchema = z.strictObject({
  /** Why there is no tree; absent: there is one. */
  message: z.string().exactOptional(),
  /** What Galaxy asks for and is not in the tree, where parts have failed, and why; absent: all is. */
  leftOut: z.string().exactOptional(),
});

/** See {@link treesEndSchema}. */
export type TreesEnd = z.infer<typeof treesEndSchema>;

/** What a part has left. */
export interface PartTree {
  /** Absolute. */
  readonly path: string;
  /** What a person calls the part. */
  readonly label?: string;
  readonly values?: Readonly<Record<string, string>>;
}
