import { accountOf } from './account.ts';
import { type Plan, Runs } from './plan.ts';
import { World, type WorldOptions } from './world.ts';

/** A world in which plans are carried out. */
export interface Play {
  readonly world: World;
  readonly plans: readonly Plan[];
  readonly runs: Runs;
}

/** Three agents of eight cores, each in a rack of its own, and a scheduler that is about to start. */
export function stage(plans: readonly Plan[], options: WorldOptions = {}): Play {
  const runs = new Runs(plans);
  const world = new World({ ...options, behaviour: runs.behaviour });
  runs.watch(world.cluster);
  for (const rack of ['a', 'b', 'c'])
    world.cluster.addAgent({ attributes: { rack }, resources: { cpus: 8, mem: 8192, disk: 4000 } });
  world.startScheduler();
  world.submit(plans.map(({ spec }) => spec));
  for (const { spec, cancelAfter } of plans)
    if (cancelAfter !== undefined) world.later(cancelAfter, () => world.cancel([spec.id]));
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
