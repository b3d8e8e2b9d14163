/**
 * Why the store could not do what was asked:
 * `LOCKED` another process works on the same store; `FULL` the disk is full; `UNREADABLE` the file is not a
 * store, is damaged, or may not be opened; `TOO_NEW` a later version of this software wrote it; `FAILED`
 * anything else that SQLite reports.
 */
export type StoreErrorCode = 'LOCKED' | 'FULL' | 'UNREADABLE' | 'TOO_NEW' | 'FAILED';

/** Thrown by every operation of this package. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** The file of the store. */
  readonly path: string;

  constructor(code: StoreErrorCode, path: string, message: string, cause?: unknown) {
    super(`[${code}] ${path}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }

  /** What an exception of SQLite means. */
  static from(error: unknown, path: string): StoreError {
    if (error instanceof StoreError) return error;
    const { code, advice } = kinds.get(primaryResultCode(error)) ?? { code: 'FAILED', advice: '' };
    const words = error instanceof Error ? error.message : String(error);
    return new StoreError(code, path, advice ? `${words}; ${advice}` : words, error);
  }
}

const unreadable = {
  code: 'UNREADABLE',
  advice: 'check the path and its permissions, or use another one',
} as const;
const full = { code: 'FULL', advice: 'make room, then go on where it stopped' } as const;

// SQLite's primary result codes (sqlite.org/rescode.html).
const kinds = new Map<number, { readonly code: StoreErrorCode; readonly advice: string }>([
  [5, { code: 'LOCKED', advice: 'another process works on it; wait for that one or stop it' }],
  [8, unreadable],
  [10, { code: 'FAILED', advice: 'the file system reported an error: check the disk' }],
  [11, unreadable],
  [13, full],
  [14, unreadable],
  [26, unreadable],
]);

function primaryResultCode(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return -1;
  // Extended codes keep the primary one in their lowest byte.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : -1;
}
