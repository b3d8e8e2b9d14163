/** A run of whole records, in the file or, where that is compressed, in its content. */
export interface Run {
  /** Bytes from the beginning. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  readonly records: number;
}

/**
 * Decides between which records a file is cut, as they are found. The same records give the same runs, however they
 * arrive.
 */
export interface Cutter {
  /**
   * Takes the starts of the next units (records that must stay together), which are every `step`-th of `starts` from
   * `first` on. Of the file's first unit, what precedes it is part of the run that begins at `offset`. Answers the runs
   * that are now sure, behind each of which there are other records. All at once, because millions of records come.
   */
  add(starts: readonly number[], first: number, step: number, offset?: number): Iterable<Run>;
  /** No unit follows, and the last one ends at `end`. Answers the other runs: at least one if there was a unit. */
  end(end: number): readonly Run[];
}
