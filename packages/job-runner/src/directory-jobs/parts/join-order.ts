import type { Job } from '@galaxy-mesos/galaxy-jobs';

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
  /** Whether parts that have failed are left out of the outputs, as long as there is one that has not. */
  readonly skipFailed: boolean;
  /** Contributors' modules, see `loadCatalog` of the package parallelism. */
  readonly modules: readonly string[];
}

/** What it says of the end; empty if all is well. */
export interface TreesEnd {
  readonly message?: string;
}

/** What a part has left. */
export interface PartTree {
  /** Absolute. */
  readonly path: string;
  /** What a person calls the part. */
  readonly label?: string;
  readonly values?: Readonly<Record<string, string>>;
}
