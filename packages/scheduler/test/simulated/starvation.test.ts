import type { SchedulingPolicy } from '@galaxy-mesos/scheduler';
import { expect, test } from 'vitest';
import { aPlan, type Plan } from './world/plan.ts';
import { stage } from './world/play.ts';

const cores = 24;
const runSeconds = 10;
/** What an attempt costs besides its run: it starts, its end is told, and its room is offered again. */
const overheadSeconds = 3;
/** More than there is room for: 24 cores do 2.4 a second at most. */
const arrivalsPerSecond = 3;
const floodSeconds = 600;
/** When the one task comes that this is about; all are busy by then. */
const comesAt = 30;

/** Small tasks that keep coming, and one that differs. */
const flood = (small: Partial<Plan['spec']>, one: Plan): readonly Plan[] => [
  ...Array.from({ length: arrivalsPerSecond * floodSeconds }, (_, index) =>
    aPlan(`small-${index}`, { runSeconds, spec: small }),
  ),
  one,
];

/** When the one task was launched, in seconds after it came; `undefined` if it was not while others came. */
async function wait(plans: readonly Plan[], policy: Partial<SchedulingPolicy>): Promise<number | undefined> {
  const last = plans.at(-1);
  const comes = new Map(plans.map(({ spec }, index) => [spec.id, index / arrivalsPerSecond]));
  const { world } = stage(plans, {
    scheduler: { policy },
    submitAfter: (plan) => (plan === last ? comesAt : (comes.get(plan.spec.id) ?? 0)),
  });
  const began = world.cluster.time.date;
  await world.pass(floodSeconds);
  const attempt = world.store.attempt(`${last?.spec.id}-1`);
  return attempt && (attempt.launchedAt - began) / 1000 - comesAt;
}

/** When all small tasks that came in so many seconds have begun, if they go one after the other. */
const allBegun = (seconds: number): number =>
  (arrivalsPerSecond * seconds * (runSeconds + overheadSeconds)) / cores;

const large = aPlan('one', { spec: { resources: { cpus: 8, mem: 1000, disk: 0 } } });

test('a large task starts while small ones keep coming, once an agent that was kept for it is free', async () => {
  const patience = 20;
  const waited = await wait(flood({}, large), { headOfLine: { patience } });
  // Those before it go first; then it is kept an agent for, on which all has ended after a run.
  const bound = allBegun(comesAt) - comesAt + patience + runSeconds + overheadSeconds;
  expect(waited).toBeLessThan(bound);
});

test('a large task that no agent is kept for does not start while small ones keep coming', async () => {
  const patience = Number.POSITIVE_INFINITY;
  expect(await wait(flood({}, large), { headOfLine: { patience } })).toBeUndefined();
});

const priority = 10;
const humble = aPlan('one');

test('a task of low priority starts while others keep coming, once it has waited for what their priority is worth', async () => {
  const ageing = 12;
  const waited = await wait(flood({ priority }, humble), { ageing });
  // Whoever comes more than this after it stands behind it.
  const lead = priority * ageing;
  expect(waited).toBeGreaterThan(lead);
  expect(waited).toBeLessThan(allBegun(comesAt + lead) - comesAt + runSeconds + overheadSeconds);
});

test('a task of low priority does not start while others keep coming if waiting counts for nothing', async () => {
  expect(await wait(flood({ priority }, humble), { ageing: Number.POSITIVE_INFINITY })).toBeUndefined();
});
