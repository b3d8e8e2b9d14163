import { faultScenarios, Random } from '@galaxy-mesos/mesos-testkit';
import { expect, test } from 'vitest';
import { Moments } from '../world/moments.ts';
import { mixedPlans, withRetries } from '../world/plan.ts';
import { playToTheEnd, stage } from '../world/play.ts';

const scenarios = faultScenarios.filter(({ isFinal, id }) => !isFinal && id !== 'E.25');
const seedCount = 40;
const seeds = Array.from({ length: seedCount }, (_, index) => index + 1);

const faultsInEach = 3;
const deathsInEach = 4;
// What agents say again is said ten minutes apart in the end.
const untilAllIsSaid = 3000;

test.each(seeds)('several faults at once, and deaths of the scheduler besides (seed %i)', async (seed) => {
  const random = new Random(seed);
  const plans = withRetries(mixedPlans(random), 20);
  const play = stage(plans, {
    seed,
    agents: 5,
    moments: new Moments(Array.from({ length: deathsInEach }, () => random.below(1500))),
    restartAfter: () => random.between(0, 20),
    // A task that was lost more often than it may be has failed, and would tell nothing.
    scheduler: { options: { lossesTolerated: 100 } },
  });
  const { world } = play;
  await world.pass(5);
  const chosen = [...scenarios];
  random.shuffle(chosen);
  chosen.splice(faultsInEach);
  for (const { arrange } of chosen) world.later(random.between(0, 60), () => arrange(world));
  const wrong = await playToTheEnd(play, { hours: 6, afterwards: untilAllIsSaid });
  const faults = chosen.map(({ id, what }) => `${id} ${what}`).join('; ');
  expect(wrong, `${faults}:\n${wrong.join('\n')}`).toEqual([]);
});
