import type { z } from 'zod';

/** How the results of the parts are to be joined, by name. */
export interface MergeChoice {
  readonly merge: string;
  /** The merge's own parameters; the merge checks them. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** The result of one part. */
export interface JoinPart {
  /** Absolute. */
  readonly path: string;
  /** What a person calls the part, where it has a name besides its number. */
  readonly label?: string | undefined;
  /** What stood for the names in the job's command, such as the parameters of a sweep. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** What a merge is asked to do. */
export interface JoinRequest<Parameters> {
  /** In order. */
  readonly parts: readonly JoinPart[];
  readonly parameters: Parameters;
  /**
   * Absolute path of the file to write, which must not be there, in a directory of its own, where the merge may keep
   * files meanwhile. It comes to be complete, in one step; if the merge fails, there is none.
   */
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
  /**
   * Names of formats, as Galaxy's datatypes and the extensions of files are, in small letters: their results are joined
   * by it where nobody says how. Its parameters must all have defaults then.
   */
  readonly datatypes?: readonly string[];
  /** What it writes; a file, where it does not say. */
  readonly makes?: 'directory';
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
