import type { Clock } from '../ports/clock.ts';

// Half of what the event loop may be held up at a time.
const longestTurnMilliseconds = 10;

/** Lets everything else that is ready have its turn. */
export const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Works through a list in order, and lets others have their turn whenever that has taken a while, counted from when this
 * turn `began`, in milliseconds on the clock that never jumps. Answers when the last turn began.
 */
export async function inTurns<Item>(
  items: readonly Item[],
  clock: Clock,
  began: number,
  work: (item: Item) => void,
): Promise<number> {
  let turn = began;
  for (const item of items) {
    if (clock.elapsed() - turn >= longestTurnMilliseconds) {
      await giveWay();
      turn = clock.elapsed();
    }
    work(item);
  }
  return turn;
}
