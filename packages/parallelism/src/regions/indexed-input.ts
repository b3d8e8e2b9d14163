import type { FileWork, NamedReference, Region } from '@galaxy-mesos/formats';
import type { PieceKeeper } from '../blocks/keep-pieces.ts';
import type { Piece } from '../strategy.ts';

/** An input with an index, that can be cut by regions. */
export interface IndexedInput extends AsyncDisposable {
  /** As the job names it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** What must lie beside the file, under its name and these suffixes, for programs that go to a region of it. */
  readonly indexes: readonly { readonly suffix: string; readonly path: string }[];
  /** The sequences of the file, in its order. */
  readonly references: readonly NamedReference[];
  /** In bases; `undefined` if nobody knows, or there is no such sequence. */
  lengthOf(reference: string): number | undefined;
  /** Whether no region can be on other sequences: the index of a file of lines knows only those that have lines. */
  readonly knowsAll: boolean;
  /** Whether there are reads without a place. */
  readonly hasUnplaced: boolean;
  /** How much work is where; for so many parts. */
  work(parts: number): Promise<FileWork>;
  /** A file of what begins in the regions. */
  cut(regions: readonly Region[], keeper: PieceKeeper): Promise<readonly Piece[]>;
  /** A file of the reads without a place. */
  cutUnplaced(keeper: PieceKeeper): Promise<readonly Piece[]>;
  assertUnchanged(): Promise<void>;
}

/** What is known of an input before it is opened. */
export interface InputFile {
  readonly name: string;
  readonly path: string;
  /** Where the user says it is. */
  readonly index: string | undefined;
  readonly signal: AbortSignal | undefined;
}
