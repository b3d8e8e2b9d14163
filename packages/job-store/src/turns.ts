import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Some milliseconds' worth of work on rows: after so many, others have their turn. */
const itemsInATurn = 500;

/** Does something with one item after another, and lets others have their turn in between. */
export async function forEachInTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let count = 0;
  for (const item of items) {
    if (count > 0 && count % itemsInATurn === 0) await nextTurn();
    count++;
    work(item);
  }
}

/** Waits; rejects with the signal's reason once that says so. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
}
