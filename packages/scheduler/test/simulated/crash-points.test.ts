import { Random } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, test } from 'vitest';
import { Moments } from './world/moments.ts';
import { aPlan, mixedPlans, type Plan } from './world/plan.ts';
import { playToTheEnd, stage } from './world/play.ts';

/** Carries plans out with a scheduler that dies at some moments and comes back; answers what is wrong. */
function playWithDeaths(seed: number, plans: readonly Plan[], moments: Moments): Promise<readonly string[]> {
  const random = new Random(seed);
  const restartAfter = () => (random.chance(0.2) ? 0 : random.between(0, 5));
  return playToTheEnd(stage(plans, { seed, moments, restartAfter }), { hours: 0.2 });
}

/** So many different whole numbers below a limit. */
function differentNumbers(random: Random, count: number, limit: number): Set<number> {
  const numbers = new Set<number>();
  while (numbers.size < count) numbers.add(random.below(limit));
  return numbers;
}

const runsInAll = 100;
const deathsInEach = 10;
// Fewer than any run of all kinds of tasks has.
const momentsInEach = 1200;

describe(`a scheduler that is killed at ${runsInAll * deathsInEach} random moments`, () => {
  const seeds = Array.from({ length: runsInAll }, (_, index) => index + 1);

  test.each(seeds)('comes back, and every task ends as it should (seed %i)', async (seed) => {
    const random = new Random(seed);
    const plans = mixedPlans(random);
    const moments = new Moments(differentNumbers(random, deathsInEach, momentsInEach));
    const wrong = await playWithDeaths(seed, plans, moments);
    expect({ wrong, died: moments.died }).toEqual({ wrong: [], died: moments.died });
    expect(moments.died).toHaveLength(deathsInEach);
  });
});

/** Little, so that there are not too many moments, and one of each kind that has rules of its own. */
const fewPlans: readonly Plan[] = [
  aPlan('plain', { runSeconds: 8 }),
  aPlan('fails', { failures: 1, runSeconds: 4 }),
  // If one fails and the other is not ended, it takes too long.
  aPlan('gang-0', { runSeconds: 400, spec: { gang: { id: 'gang', size: 2 } } }),
  aPlan('gang-1', { failures: 1, runSeconds: 6, spec: { gang: { id: 'gang', size: 2 } } }),
  ...['group-0', 'group-1'].map((id) => aPlan(id, { spec: { group: { id: 'group', size: 2 } } })),
  aPlan('unwanted', { runSeconds: Number.POSITIVE_INFINITY, cancelAfter: 6, outcome: 'cancelled' }),
];

test('a scheduler that is killed at any moment of a run comes back, and every task ends as it should', async () => {
  const untroubled = new Moments();
  expect(await playWithDeaths(1, fewPlans, untroubled)).toEqual([]);
  expect(untroubled.count).toBeGreaterThan(100);
  const wrong: string[] = [];
  const died = new Set<string>();
  for (let moment = 0; moment < untroubled.count; moment++) {
    // And once more while the next one finds its way.
    for (const deaths of [[moment], [moment, moment + 1 + (moment % 20)]]) {
      const moments = new Moments(deaths);
      for (const words of await playWithDeaths(1, fewPlans, moments))
        wrong.push(`killed at ${deaths}, ${moments.died}: ${words}`);
      for (const name of moments.died) died.add(name);
    }
  }
  expect(wrong).toEqual([]);
  // Every commit, call and event there is, but for inverse offers.
  const calls = ['start', 'launch', 'decline', 'kill', 'acknowledge', 'reconcile', 'suppress', 'revive'];
  const events = ['subscribed', 'agents', 'offers', 'update'];
  expect([...died].sort()).toEqual(
    [
      ...['before it loads', 'after it loads', 'before a commit', 'after a commit'],
      ...calls.flatMap((name) => [
        `before ${name} is sent`,
        `after ${name} is sent`,
        `after ${name} is answered`,
      ]),
      ...events.flatMap((name) => [`before ${name} is heard`, `after ${name} is heard`]),
    ].sort(),
  );
});
