import { faultScenarios, Random } from '@galaxy-mesos/mesos-testkit';
import { describe, expect, test } from 'vitest';
import { mixedPlans, withRetries } from '../world/plan.ts';
import { playToTheEnd, stage } from '../world/play.ts';

// The soak is a test of its own.
const scenarios = faultScenarios.filter(({ isFinal, id }) => !isFinal && id !== 'E.25');
const seeds = [1, 2, 3];

// What agents say again is said ten minutes apart in the end.
const untilAllIsSaid = 1300;

describe.each(seeds)('all kinds of tasks end as they should (seed %i)', (seed) => {
  test.each(scenarios)('$id $what', async (scenario) => {
    const plans = withRetries(mixedPlans(new Random(seed)), 3);
    const play = stage(plans, { seed });
    const { world } = play;
    await world.pass(10);
    scenario.arrange(world);
    const afterwards = scenario.lastsSeconds + untilAllIsSaid;
    const wrong = await playToTheEnd(play, { afterwards });
    expect(wrong, wrong.join('\n')).toEqual([]);
  });
});
