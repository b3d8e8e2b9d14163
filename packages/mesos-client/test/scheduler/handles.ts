import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { patient } from './real-cluster.ts';

/** How many sockets and timers this process has. */
export interface Handles {
  readonly sockets: number;
  readonly timers: number;
}

/** Counts them now. */
export function handles(): Handles {
  const names = process.getActiveResourcesInfo();
  const count = (wanted: string) => names.filter((name) => name === wanted).length;
  return { sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

/**
 * Waits until there are as many: Node tells of a socket that was destroyed for a moment longer. Not with `expect.poll`,
 * which has timers of its own.
 */
export async function expectHandles(expected: Partial<Handles>): Promise<void> {
  const deadline = performance.now() + patient.timeout;
  const matching = expect.objectContaining(expected);
  while (!matching.asymmetricMatch(handles()) && performance.now() < deadline) await sleep(10);
  expect(handles()).toMatchObject(expected);
}
