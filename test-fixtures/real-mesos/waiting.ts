import { setTimeout as sleep } from 'node:timers/promises';

const waitMilliseconds = 60_000;
const pollMilliseconds = 25;

/**
 * Polls until there is a value, for a minute at most. `what` ends the sentence "waited 60 s for".
 * @throws Error when the minute is over; and what `poll` throws.
 */
export async function waitFor<T>(what: string, poll: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + waitMilliseconds;
  do {
    const value = await poll();
    if (value !== undefined) return value;
    await sleep(pollMilliseconds);
  } while (performance.now() < deadline);
  throw new Error(`waited ${waitMilliseconds / 1000} s for ${what}`);
}
