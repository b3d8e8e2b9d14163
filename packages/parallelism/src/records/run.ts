/** A run of whole records, in the file or, where that is compressed, in its content. */
export interface Run {
  /** Bytes from the beginning. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  readonly records: number;
}

/**
 * Decides between which records a file is cut, as they are found. Records that must stay together are one unit; the same
 * units give the same runs, however they arrive.
 */
export interface Cutter {
  /**
   * The next unit begins at `start`; of the first one, what precedes it is part of the run that begins at `offset`.
   * Answers the runs that are now sure.
   */
  add(start: number, offset?: number): readonly Run[];
  /** No unit follows, and the last one ends at `end`. Answers the other runs: at least one if there was a unit. */
  end(end: number): readonly Run[];
}

/** What a cutter answers to most units. */
export const noRuns: readonly Run[] = [];
