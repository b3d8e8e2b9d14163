import { Random } from '@galaxy-mesos/mesos-testkit';
import { expect } from 'vitest';
import { mixedPlans, type Plan, withRetries } from './plan.ts';
import { type Play, playToTheEnd } from './play.ts';

/** Tasks of all kinds, with retries to spare where a fault counts against them. */
export const allKinds = (seed = 1): readonly Plan[] => withRetries(mixedPlans(new Random(seed)), 3);

/** Expects that all ends as it should. `afterwards`: seconds in which what agents say again is said. */
export async function expectAllWell(play: Play, { hours = 2, afterwards = 1300 } = {}): Promise<void> {
  const wrong = await playToTheEnd(play, { hours, afterwards });
  expect(wrong, wrong.join('\n')).toEqual([]);
}

/** The states of all attempts at a task, in their order. */
export async function attemptStates({ world }: Play, taskId: string): Promise<readonly string[]> {
  const record = (await world.store.load()).find(({ spec }) => spec.id === taskId);
  return record?.attempts.map(({ state }) => state) ?? [];
}
