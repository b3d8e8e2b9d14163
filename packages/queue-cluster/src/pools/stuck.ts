import type { Pilot } from './ledger.ts';
import type { PoolSurvey } from './survey.ts';
import type { Tick } from './tick.ts';

/** What the queue will never start is tried anew after this. */
const hopelessMs = 3_600_000;
/** So many that will never start, and none that did since, are proof enough. */
const triesThatProve = 2;

/**
 * What the queue will never start is kept, for it costs nothing and starts by itself when a partition comes back; but
 * not where a younger one has started, nor for ever. When people say something new, one is tried anew: if it starts, the
 * others are replaced, and if not, they have not lost their places. What somebody holds is kept until then.
 */
export function uselessOf(tick: Tick, survey: PoolSurvey): readonly Pilot[] {
  const isNew = tick.isSaidAnew;
  const useless = survey.stuck.filter((pilot) => {
    const waiting = tick.sightOf(pilot.name).waiting;
    const isOld = tick.now - (waiting?.stuckSince ?? tick.now) >= hopelessMs;
    return waiting?.isHopeless === true ? isOld || pilot.intendedAt < survey.youngestStarted : isNew;
  });
  const hasRoom = survey.waiting < survey.pool.backlog && survey.occupied < survey.max;
  return isNew && useless.length === 0 && !hasRoom ? youngestFirst(survey.stuck).slice(0, 1) : useless;
}

/** Sees what has become of a pool's last tries. */
export function noteStuck(tick: Tick, { pool, stuck, queued, waiting, youngestStarted }: PoolSurvey): void {
  const { stuckAt } = tick.poolSight(pool.name);
  if (tick.isSaidAnew) {
    noteUnstuck(tick, pool.name);
    return;
  }
  const isFull = stuck.length > 0 && queued.length === 0 && waiting >= pool.backlog;
  const [youngest] = youngestFirst(stuck);
  const isProven = youngest !== undefined && (stuck.length >= triesThatProve || isFull);
  if (isProven && stuckAt === undefined && youngest.intendedAt > youngestStarted) {
    tick.seePool(pool.name, { stuckAt: tick.now });
  }
}

/** Something of a pool has started, or may do so now. */
export function noteUnstuck(tick: Tick, pool: string): void {
  if (tick.poolSight(pool).stuckAt !== undefined) {
    tick.seePool(pool, { stuckAt: undefined });
  }
}

/** Whether more pilots of a pool would only wait with those that never start. */
export function isStuck(tick: Tick, pool: string): boolean {
  const { stuckAt } = tick.poolSight(pool);
  return stuckAt !== undefined && tick.now - stuckAt < hopelessMs;
}

/** Last come, first to go: the others have waited longer for their turn. */
export function youngestFirst(pilots: readonly Pilot[]): readonly Pilot[] {
  return pilots.toSorted((a, b) => b.intendedAt - a.intendedAt);
}
