import { StoreError, type StoreErrorCode, wordsOf } from '../errors.ts';

/** What an exception of SQLite means. */
export function toStoreError(error: unknown, location: string): StoreError {
  if (error instanceof StoreError) return error;
  const { code, advice } = kinds.get(primaryResultCode(error)) ?? { code: 'FAILED', advice: '' };
  const words = wordsOf(error);
  return new StoreError(code, location, advice ? `${words}; ${advice}` : words, error);
}

interface Kind {
  readonly code: StoreErrorCode;
  readonly advice: string;
}

const unreadable: Kind = {
  code: 'UNREADABLE',
  advice: 'check the path and its permissions, or use another one',
};

// SQLite's primary result codes (sqlite.org/rescode.html).
const kinds = new Map<number, Kind>([
  [5, { code: 'LOCKED', advice: 'another process works on it; wait for that one or stop it' }],
  [8, unreadable],
  [10, { code: 'FAILED', advice: 'the file system reported an error: check the disk' }],
  [11, unreadable],
  [13, { code: 'FULL', advice: 'make room, then go on where it stopped' }],
  [14, unreadable],
  [26, unreadable],
]);

function primaryResultCode(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return -1;
  // Extended codes keep the primary one in their lowest byte.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : -1;
}
