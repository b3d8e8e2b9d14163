import type { JoinPart, MergeChoice } from '@galaxy-mesos/parallelism';

/** What the program that joins is asked to do: one line of JSON on its standard input, which stays open meanwhile. */
export interface JoinOrder {
  readonly merge: MergeChoice;
  /** In order. */
  readonly parts: readonly JoinPart[];
  /** Absolute; nothing is there yet. */
  readonly destination: string;
}

/** What it says of the end, in one line of JSON; empty if all is well. */
export interface JoinEnd {
  readonly message?: string;
}
