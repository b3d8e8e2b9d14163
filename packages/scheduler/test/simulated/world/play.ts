import { accountOf } from './account.ts';
import { type Plan, Runs } from './plan.ts';
import { World, type WorldOptions } from './world.ts';

/** A world in which plans are carried out. */
export interface Play {
  readonly world: World;
  readonly plans: readonly Plan[];
  readonly runs: Runs;
}

/** How to make a {@link Play}. */
export interface StageOptions extends WorldOptions {
  /** Of eight cores, in racks `a`, `b` and `c`; default 3. */
  readonly agents?: number;
  /** Seconds until a task is wanted; default: at once. */
  readonly submitAfter?: (plan: Plan) => number;
}

const racks = ['a', 'b', 'c'];

/** Agents, and a scheduler that is about to start. */
export function stage(
  plans: readonly Plan[],
  { agents = 3, submitAfter, ...options }: StageOptions = {},
): Play {
  const runs = new Runs(plans);
  const world = new World({ ...options, behaviour: runs.behaviour });
  runs.watch(world.cluster);
  for (let agent = 0; agent < agents; agent++) {
    const rack = racks[agent % racks.length] ?? '';
    world.cluster.addAgent({ attributes: { rack }, resources: { cpus: 8, mem: 8192, disk: 4000 } });
  }
  world.startScheduler();
  if (!submitAfter) world.submit(plans.map(({ spec }) => spec));
  for (const plan of plans) {
    const { spec, cancelAfter } = plan;
    const seconds = submitAfter?.(plan) ?? 0;
    if (submitAfter) world.later(seconds, () => world.submit([spec]));
    if (cancelAfter !== undefined) world.later(seconds + cancelAfter, () => world.cancel([spec.id]));
  }
  return { world, plans, runs };
}

/**
 * Lets time pass until all has ended, which must be within some hours, and then so many seconds, in which what is on
 * its way arrives and what nobody wants is ended; answers what is wrong then.
 */
export async function playToTheEnd(
  { world, plans, runs }: Play,
  { hours = 2, afterwards = 60 } = {},
): Promise<readonly string[]> {
  await world.untilEnded(hours);
  await world.pass(afterwards);
  return accountOf(world, plans, runs);
}
