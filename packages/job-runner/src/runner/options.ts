/** How the runner works. Seconds, but for the counts. */
export interface JobRunnerOptions {
  /** How many jobs are planned or prepared at once; and beside them as many whose input is split, which is read whole. */
  readonly planningAtOnce: number;
  /** How many jobs move their results into place at once. */
  readonly deliveriesAtOnce: number;
  /** So many events are kept, and up to a tenth more. */
  readonly eventsKept: number;
  /** So long jobs are kept after their end that have no directory; `Infinity`: until they are removed. */
  readonly retention: number;
  /** So long {@link JobRunner.remove} waits for what runs to end. */
  readonly removalPatience: number;
  /**
   * So long {@link JobRunner.cancel} waits until what a job with a directory has made is there. A Galaxy whose user has
   * stopped a job, and keeps its outputs, fetches them as soon as that is answered.
   */
  readonly cancelPatience: number;
}

/** What is used for options that are not given. */
export const defaultJobRunnerOptions: JobRunnerOptions = {
  planningAtOnce: 4,
  deliveriesAtOnce: 32,
  eventsKept: 100_000,
  retention: 30 * 24 * 3600,
  removalPatience: 600,
  cancelPatience: 3,
};
