import { audit, faultScenarios, Random } from '@galaxy-mesos/mesos-testkit';
import { expect, test } from 'vitest';
import { aPlan, type Plan } from './world/plan.ts';
import { type Play, stage } from './world/play.ts';
import { expectAllWell } from './world/scene.ts';

const daySeconds = 86_400;
const hourSeconds = 3600;
const tasksInADay = 4000;
const agents = 12;

// The whole of it takes minutes.
const isLong = process.env.GALAXY_MESOS_SOAK === '1';
const eventsInAll = 1_000_000;

/** Whatever came before: frozen, cut off or held for the first in line, it is answered within this. */
const longestAnswerSeconds = 900;

/** What a laboratory may do in a day; some of it fails, and some belongs together. */
function aDaysPlans(random: Random): readonly Plan[] {
  const never = Number.POSITIVE_INFINITY;
  return Array.from({ length: tasksInADay }, (_, index) => {
    const id = `task-${index}`;
    const runSeconds = Math.min(random.logNormal(120, 1), 7200);
    const kind = index % 20;
    const spare = { retries: 12 };
    if (kind === 0)
      return aPlan(id, { failures: never, outcome: 'failed', runSeconds: 20, spec: { retries: 1 } });
    if (kind < 3) return aPlan(id, { failures: 2, runSeconds, spec: spare });
    if (kind === 3)
      return aPlan(id, { runSeconds: never, cancelAfter: runSeconds, outcome: 'cancelled', spec: spare });
    // Those of one number of ten come one after the other.
    const union = { id: `union-${Math.floor(index / 20)}`, size: 2 };
    if (kind < 6) return aPlan(id, { runSeconds, spec: { ...spare, gang: union } });
    if (kind < 8) return aPlan(id, { runSeconds: 60, spec: { ...spare, group: union } });
    const cpus = kind === 8 ? 6 : 1;
    return aPlan(id, {
      runSeconds,
      spec: { ...spare, resources: { cpus, mem: 256 * cpus, disk: 10 }, priority: kind % 3 },
    });
  });
}

/** A day in which something goes wrong every quarter of an hour; answers how many events schedulers heard in it. */
async function aDay(seed: number): Promise<number> {
  const plans = aDaysPlans(new Random(seed));
  const order = new Map(plans.map(({ spec }, index) => [spec.id, index]));
  const play = stage(plans, {
    seed,
    agents,
    // A task that was lost more often than it may be has failed, and would tell nothing.
    scheduler: { options: { lossesTolerated: 100 } },
    submitAfter: ({ spec }) => ((order.get(spec.id) ?? 0) / tasksInADay) * daySeconds,
  });
  const faults = faultScenarios.find(({ id }) => id === 'E.25');
  faults?.arrange(play.world);
  await throughTheDay(play);
  await expectAllWell(play, { hours: 24, afterwards: 3000 });
  return play.world.reigns.reduce((sum, { calls }) => sum + calls.heard, 0);
}

async function throughTheDay({ world }: Play): Promise<void> {
  for (let second = 0; second < daySeconds; second += hourSeconds) {
    await world.pass(hourSeconds);
    expect(audit(world.cluster, { answerWithinSeconds: longestAnswerSeconds }).leakedOffers).toBe(0);
  }
}

test('E.25 24 h soak with random faults: every task has one outcome, and no offer is leaked', async () => {
  const events = await aDay(1);
  console.log({ events });
  expect(events).toBeGreaterThan(20_000);
});

test.runIf(isLong)(
  `E.25 soak: no offer is leaked in ${eventsInAll} events`,
  { timeout: 1_800_000 },
  async () => {
    let events = 0;
    for (let seed = 2; events < eventsInAll; seed++) {
      events += await aDay(seed);
      console.log({ seed, events });
    }
  },
);
