import type { z } from 'zod';
import type { KnownResult } from './merges/choose-merge.ts';
import type { MergeChoice } from './merges/merge.ts';

/**
 * More parts than this are refused: each is a task that is stored, launched and watched, and so many tasks
 * mean that a part is too small to be worth one.
 */
export const maximumParts = 100_000;

/** A run of bytes of a file that is there before any task runs. */
export interface FileRange {
  /** Absolute. */
  readonly path: string;
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

/** What a part of an input is put together from. */
export type Piece =
  | ({ readonly kind: 'range' } & FileRange)
  /** What a shell command prints. */
  | { readonly kind: 'command'; readonly command: string }
  /** A whole file. Where it is the only piece, the task gets a link to it, and nothing is copied. */
  | { readonly kind: 'file'; readonly path: string };

/** What a task works on in the place of one input: its pieces, one after the other, are written into one file. */
export interface Slice {
  /** The input's name. */
  readonly input: string;
  readonly pieces: readonly Piece[];
  /** Files that must lie beside it under its name and a suffix, such as an index under `.bai`. */
  readonly beside?: readonly { readonly suffix: string; readonly pieces: readonly Piece[] }[];
}

/** What one task of a job works on, as references: nothing is copied until the task cuts its slices. */
export interface Part {
  /** Counted from 0; the merge joins results in this order. */
  readonly index: number;
  readonly slices: readonly Slice[];
  /** What stands for names in braces in the job's command, such as `{seed}`; names are those of the strategy's own. */
  readonly values?: Readonly<Record<string, string>>;
  /** What a person is told of the part, such as `chr1:1-1000000`; absent: its number says it all. */
  readonly label?: string;
  /** Of nested steps: which part of each step around the innermost one it is of, the outermost first. */
  readonly groups?: readonly PartGroup[];
  /** How many records the slices hold; 0 for none and where nobody has counted. */
  readonly records: number;
  /** How much work the part is beside the others, in bytes where nothing better is known. */
  readonly cost: number;
}

/** A part of a step that is cut again. */
export interface PartGroup extends Pick<Part, 'index' | 'label' | 'values'> {}

/** An input of a job. */
export interface PlanInput {
  /** As the job names it. */
  readonly name: string;
  /** Absolute paths of whole files, readable from here: one, or those of a collection in order. */
  readonly paths: readonly [string, ...string[]];
  /** The name of a format of the package `formats`, where the job says it. */
  readonly format?: string;
}

/** Keeps bytes that parts need and no input has, such as headers, where every task can read them. */
export interface Sidecar {
  /** Equal bytes are kept once. */
  keep(bytes: Uint8Array): Promise<FileRange>;
}

/** What a strategy may know and report while it plans. */
export interface PlanContext {
  /** Whether the tasks will run on a Mesos cluster (true) or on this machine. */
  readonly mesos: boolean;
  /** How many cores there are for all tasks of the job, where that is known. */
  readonly cores?: number | undefined;
  /**
   * Whether tasks see the inputs where they lie; else each is sent what its part names of them, and a part that needs a
   * whole file costs as much as that. Absent: they do.
   */
  readonly shared?: boolean | undefined;
  readonly sidecar: Sidecar;
  /** Ends the planning with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every chunk with the bytes scanned and the bytes there are. */
  readonly onProgress?: ((scanned: number, total: number) => void) | undefined;
  /**
   * How many seconds the command of a part ran that was yielded already; waits until it has ended. A plan that is made
   * again is told the same. Absent where no part runs while others are looked for.
   */
  readonly took?: ((index: number) => Promise<number>) | undefined;
  /** How many seconds a command like this took for each byte when it ran before, if that is known. */
  readonly pace?: number | undefined;
}

/** A way to cut a job into tasks. */
export interface Strategy<Parameters = unknown> {
  /** The name by which users ask for it. */
  readonly name: string;
  /** One or two sentences; says so if merged results can differ from those of the unsplit job. */
  readonly description: string;
  /** What the strategy takes; it accepts nothing it would ignore. */
  readonly parameters: z.ZodType<Parameters>;
  /** How many inputs it cuts or goes through; every other input of the job is shared by all parts. */
  readonly inputs: {
    readonly least: number;
    readonly most: number;
    /**
     * `cut`: each task works on its part of them, and so the command mentions each; `read`: they say what there is to
     * run, as a table of values does. Absent: `cut`.
     */
    readonly role?: 'cut' | 'read';
  };
  /** The names of {@link Part.values}, which a command may use; absent: there are none. */
  valueNames?(inputs: readonly PlanInput[], parameters: Parameters): Promise<readonly string[]>;
  /**
   * Yields the parts in order, at least one, each as soon as it is known: the first tasks run while later parts are
   * looked for. A plan counts only once the generator has ended: an input can turn out malformed, or changed meanwhile,
   * after parts have been yielded, and then this throws. The same files and parameters give the same parts.
   */
  plan(inputs: readonly PlanInput[], parameters: Parameters, context: PlanContext): AsyncGenerator<Part>;
  /** How a result is joined where the job does not say it; undefined: as its format tells. */
  merge?(parameters: Parameters, result: KnownResult): MergeChoice | undefined;
}
