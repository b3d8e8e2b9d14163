import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { patient } from './real-cluster.ts';

/** How many sockets and timers this process has. */
export interface Handles {
  readonly sockets: number;
  readonly timers: number;
}

/** Counts them now. The test runner has a timer of its own now and then: have what may leak one do so several times. */
export function handles(): Handles {
  const names = process.getActiveResourcesInfo();
  const count = (wanted: string) => names.filter((name) => name === wanted).length;
  return { sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

const isAtMost = (limit: Handles): boolean =>
  handles().sockets <= limit.sockets && handles().timers <= limit.timers;

/** Waits until there are no more than this: Node tells of a socket that was destroyed for a moment longer. */
export async function expectNoMoreHandles(limit: Handles): Promise<void> {
  const deadline = performance.now() + patient.timeout;
  // Not `expect.poll`, which has timers as well.
  while (!isAtMost(limit) && performance.now() < deadline) await sleep(10);
  expect(isAtMost(limit), `${JSON.stringify(handles())}, at most ${JSON.stringify(limit)}`).toBe(true);
}
