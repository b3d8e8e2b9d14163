import type { z } from 'zod';

/**
 * More parts than this are refused: each is a task that is stored, launched and watched, and so many tasks
 * mean that a part is too small to be worth one.
 */
export const maximumParts = 100_000;

/** A run of bytes of one input of a job. */
export interface Slice {
  /** The input's name. */
  readonly input: string;
  /** Bytes from the beginning of the input's file. */
  readonly offset: number;
  /** In bytes; 0 only for an empty file. */
  readonly length: number;
}

/** What one task of a split job works on, as references: nothing is copied until the task cuts its slices. */
export interface Part {
  /** Counted from 0; the merge joins results in this order. */
  readonly index: number;
  readonly slices: readonly Slice[];
  /** How many records the slices hold; 0 only for a file without records. */
  readonly records: number;
}

/** The input that is split. */
export interface PlanInput {
  /** As the job names it. */
  readonly name: string;
  /** Absolute path of the whole file, readable from here. */
  readonly path: string;
}

/** What a strategy may know and report while it plans. */
export interface PlanContext {
  /** Whether the tasks will run on a Mesos cluster (true) or on this machine. */
  readonly mesos: boolean;
  /** Ends the planning with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every chunk with the bytes scanned and the bytes there are. */
  readonly onProgress?: ((scanned: number, total: number) => void) | undefined;
}

/** A way to cut a job into tasks. */
export interface Strategy<Parameters = unknown> {
  /** The name by which users ask for it. */
  readonly name: string;
  /** One or two sentences; says so if merged results can differ from those of the unsplit job. */
  readonly description: string;
  /** What the strategy takes; it accepts nothing it would ignore. */
  readonly parameters: z.ZodType<Parameters>;
  /**
   * Yields the parts in order, at least one. A plan counts only once the generator has ended: an input can
   * turn out malformed, or changed meanwhile, after parts have been yielded, and then this throws.
   */
  plan(input: PlanInput, parameters: Parameters, context: PlanContext): AsyncGenerator<Part>;
}
