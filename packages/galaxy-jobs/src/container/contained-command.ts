import type { Container } from '../job.ts';

/** What `containerCommand` puts into an image. Where text is said to be shell words, variables in it work. */
export interface ContainedCommand {
  readonly container: Container;
  /** A program with its arguments as shell words, such as `/bin/bash "$tree/command.sh"`. */
  readonly command: string;
  /** Paths that are there inside under the same name, each one shell word. */
  readonly mounts: readonly { readonly path: string; readonly readOnly?: boolean }[];
  /** One shell word; one of the mounts, or below one. */
  readonly workingDirectory: string;
  /** What HOME is inside; one shell word. Default: the working directory. */
  readonly home?: string;
  /** One shell word, different for each attempt: what the container is called on its machine. */
  readonly name: string;
  /** Variables that are there inside if they are there outside, besides those that Galaxy and Mesos set. */
  readonly environment?: readonly string[];
  /** Whether the command uses graphics processors. */
  readonly gpus?: boolean;
}

/**
 * Ends of what `containerCommand` makes that are none of the command. `unavailable`: the program that runs
 * containers is not there, or could not start this one; a line `galaxy-mesos: ...` on stderr says which.
 * `outOfMemory`: the container was ended because it used more memory than it may, where its program tells so.
 */
export const containerStatuses = { unavailable: 89, outOfMemory: 88 } as const;
