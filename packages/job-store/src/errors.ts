/**
 * Why the store could not do what was asked:
 * `LOCKED` another process works on the same store: wait for it or stop it;
 * `FULL` the disk is full: make room, and the same store goes on;
 * `UNREADABLE` it is not a store, is damaged, or may not be opened: see the message;
 * `TOO_NEW` a later version of this software wrote it: update;
 * `UNREACHABLE` the server does not answer: nothing was written; try again;
 * `DEPOSED` this process leads no more: close the store, open it again, and read what is there;
 * `FAILED` anything else, such as a change of a task that is not there.
 */
export type StoreErrorCode =
  | 'LOCKED'
  | 'FULL'
  | 'UNREADABLE'
  | 'TOO_NEW'
  | 'UNREACHABLE'
  | 'DEPOSED'
  | 'FAILED';

/** Thrown by every operation of this package. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** The file of the store, or the address of its database without a password. */
  readonly location: string;

  /** Whether nothing was written, and the same may succeed later: a scheduler waits for that, if it has patience. */
  readonly isTemporary: boolean;

  constructor(code: StoreErrorCode, location: string, message: string, cause?: unknown) {
    super(`[${code}] ${location}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.location = location;
    this.isTemporary = code === 'FULL';
  }
}

/** The words of whatever was thrown. Where a name stands for several addresses, Node tells of each, and of none in sum. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
