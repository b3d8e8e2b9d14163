import type { z } from 'zod';

/** How the results of the parts are to be joined, by name. */
export interface MergeChoice {
  readonly merge: string;
  /** The merge's own parameters; the merge checks them. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What a merge is asked to do. */
export interface JoinRequest<Parameters> {
  /** Absolute paths of the parts' results, in order. */
  readonly parts: readonly string[];
  /** What a person calls each of them, in the same order. */
  readonly labels: readonly string[];
  readonly parameters: Parameters;
  /** Absolute path of the file to write, in a directory of its own, where the merge may keep files meanwhile. */
  readonly destination: string;
  readonly signal?: AbortSignal | undefined;
}

/** A way to join the results of the parts. */
export interface Merge<Parameters = unknown> {
  /** The name by which users ask for it. */
  readonly name: string;
  /** One or two sentences. */
  readonly description: string;
  /** What it takes; it accepts nothing it would ignore. */
  readonly parameters: z.ZodType<Parameters>;
  readonly how: MergeByCommand<Parameters> | MergeHere<Parameters>;
}

/** Done by a task, wherever tasks run. */
export interface MergeByCommand<Parameters> {
  readonly kind: 'command';
  /**
   * Shell text, run where the file `parts.list` lies: paths of the parts' results in order, each ended by a NUL
   * byte. Writes the file `merged`, and fails if a part is missing; what `merged` holds then is of no value.
   */
  command(parameters: Parameters): string;
}

/** Done by a program of Node's beside whoever runs the job: formats are understood there, and agents need nothing. */
export interface MergeHere<Parameters> {
  readonly kind: 'here';
  /** @throws PlanError or FormatError that names the part that is wrong, and how. */
  join(request: JoinRequest<Parameters>): Promise<void>;
}
