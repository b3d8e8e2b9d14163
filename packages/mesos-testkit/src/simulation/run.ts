import type { VirtualTime } from './time/virtual-time.ts';

/** Turns of the event loop that a scheduler takes at most from an event to the calls that it makes because of it. */
const turnsToSettle = 5;

/** Lets everything run that is ready to run, for schedulers whose store needs no time of its own. */
export async function settleTurns(): Promise<void> {
  for (let turn = 0; turn < turnsToSettle; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets virtual time pass until a promise is settled, an hour at most; answers what it resolved to. */
export async function untilDone<Result>(
  time: VirtualTime,
  promise: Promise<Result>,
  { hours = 1, settle = settleTurns } = {},
): Promise<Result> {
  let isDone = false;
  const done = promise.finally(() => {
    isDone = true;
  });
  // Told by the answer below, and not before.
  done.catch(() => {});
  const end = time.now + hours * 3_600_000;
  await settle();
  while (!isDone && time.now < end) {
    const next = Math.min(Math.max(time.nextTime, time.now), end);
    await time.advanceWith(next - time.now, settle);
  }
  if (!isDone) throw new Error(`what was waited for did not happen within ${hours} hours of virtual time`);
  return done;
}
