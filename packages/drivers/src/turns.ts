import { setImmediate as nextTurn } from 'node:timers/promises';

/** Some milliseconds' worth of agents: after so many, others have their turn. */
const itemsInATurn = 500;

/** Does something with one item after another, and lets others have their turn in between. */
export async function forEachInTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % itemsInATurn === 0) await nextTurn();
    work(item);
  }
}
