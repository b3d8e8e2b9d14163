import type { Clock } from '../ports/clock.ts';

// Half of what the event loop may be held up at a time.
const longestTurnMilliseconds = 10;

/** Lets everything else that is ready have its turn. */
export const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Works through a list in order, and lets others have their turn whenever that has taken a while. */
export async function inTurns<Item>(
  items: readonly Item[],
  clock: Clock,
  work: (item: Item) => void,
): Promise<void> {
  let began = clock.elapsed();
  for (const item of items) {
    if (clock.elapsed() - began >= longestTurnMilliseconds) {
      await giveWay();
      began = clock.elapsed();
    }
    work(item);
  }
}
