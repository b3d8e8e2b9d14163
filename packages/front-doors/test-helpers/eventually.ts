import { expect } from 'vitest';

/** On a busy machine whatever happens by itself may take its time. */
const patienceMilliseconds = 30_000;

/** For a test that waits with {@link eventually}. */
export const patientTest = { testTimeout: 2 * patienceMilliseconds } as const;

/** Looks again and again until what is expected is so. */
export const eventually = <Value>(look: () => Value | Promise<Value>) =>
  expect.poll(look, { timeout: patienceMilliseconds, interval: 20 });
