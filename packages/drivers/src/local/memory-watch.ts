import { findExcess, type MemoryExcess } from './memory.ts';
import { readPageSize } from './options.ts';
import { usedTooMuchMemory } from './outcome.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { Poll } from './timers.ts';

const intervalMilliseconds = 1000;

/** Ends attempts that use more memory than they may. Sleeps while there are none. */
export function memoryWatch(attempts: () => readonly RunningAttempt[]): Poll {
  const pageSize = readPageSize();
  const look = (): boolean => {
    for (const { user, usedMiB } of excessOf(attempts(), pageSize)) {
      user.end(usedTooMuchMemory(usedMiB, user.allowedMiB), 0);
    }
    return attempts().length > 0;
  };
  return new Poll({ intervalMilliseconds, keepsAlive: false, look });
}

function excessOf(attempts: readonly RunningAttempt[], pageSize: number): MemoryExcess<RunningAttempt>[] {
  try {
    return findExcess(attempts, pageSize);
  } catch {
    // No file can be opened just now; the next look may tell more, and no attempt is ended on a guess.
    return [];
  }
}
