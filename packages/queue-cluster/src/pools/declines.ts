import { lifeSeconds, misfitOf } from './holding.ts';
import type { DemandClass } from './news.ts';
import type { PoolSetting } from './setting.ts';
import type { Decline, DemandSight } from './sight.ts';
import { startUpSeconds } from './start-up.ts';
import type { Tick } from './tick.ts';
import { idleness, untakenMs, type Witnesses, witnessesOf } from './witnesses.ts';

/** Demand that is told again after less than this was never away. */
const flickerMs = 60_000;
/** What a pool's pilots were not used for is tried again after this, with one pilot. */
const retryMs = 3_600_000;
/** Where tasks of a class were placed, a pool that has tasks so soon after has some of them. */
const justMs = 30_000;
/** Of a class that a pool's pilots take, those that stay idle prove nothing for so long: it may be their own fault. */
const takenMs = 3_600_000;

/**
 * How far a pool counts a class: for as many pilots as it needs, for those that are still to come, for one to see
 * whether that is used, or not at all.
 */
export type Counting = 'all' | 'coming' | 'one' | 'none';

/**
 * Looks whether pilots are there that should hold what waits, idle, and it does not go there: for reasons that nobody
 * knows here, such as roles, ports, or less memory than was asked for. More such pilots would be no better.
 */
export function noteDeclines(tick: Tick): void {
  const isJudged = tick.rest.master?.answers === true;
  const witnesses = isJudged ? witnessesOf(tick) : undefined;
  const before: Sights = tick.isSaidAnew ? new Map() : (tick.rest.demand ?? new Map());
  const demand = new Map<string, DemandSight>();
  for (const wanted of tick.news.demand) {
    const key = keyOf(wanted);
    const seen = seeClass(tick, wanted, before.get(key));
    demand.set(key, witnesses === undefined ? seen : { ...seen, ...judge(tick, wanted, seen, witnesses) });
  }
  for (const [key, known] of before) {
    if (!demand.has(key) && tick.now - known.seenAt < flickerMs) {
      demand.set(key, known);
    }
  }
  tick.seeRest({ demand });
}

/** What there is of a class now, with what was known of it. */
function seeClass(tick: Tick, { placed }: DemandClass, before: DemandSight | undefined): DemandSight {
  const { now } = tick;
  const known: DemandSight = before ?? { since: now, seenAt: now, declines: new Map(), taken: new Map() };
  const isPlaced = placed !== undefined && known.placed !== undefined && placed > known.placed;
  return { ...known, seenAt: now, placed, ...(isPlaced && { placedAt: now }) };
}

type Sights = ReadonlyMap<string, DemandSight>;

/** How far a pool counts a class of tasks that its pilots hold. */
export function countingOf(tick: Tick, pool: string, demand: DemandClass): Counting {
  const decline = declineOf(tick, pool, demand);
  if (decline === undefined) {
    return 'all';
  }
  const isOld = tick.now - decline.at >= retryMs;
  if (decline.isSure) {
    return isOld ? 'one' : 'none';
  }
  return isOld ? 'all' : 'coming';
}

/** Why a pool's pilots were not used for a class, if they were not. */
export function declineOf(tick: Tick, pool: string, demand: DemandClass): Decline | undefined {
  return tick.rest.demand?.get(keyOf(demand))?.declines.get(pool);
}

/** For how long a class has waited. */
export function waitedMs(tick: Tick, demand: DemandClass): number {
  return tick.now - (tick.rest.demand?.get(keyOf(demand))?.since ?? tick.now);
}

const keys = new WeakMap<DemandClass, string>();

/** The same for tasks of one framework that ask for the same. */
function keyOf(demand: DemandClass): string {
  const known = keys.get(demand);
  if (known !== undefined) {
    return known;
  }
  const { from, cpus, memMb, diskMb, gpus, longestSeconds, constraints, uncarried } = demand;
  const key = JSON.stringify([from, cpus, memMb, diskMb, gpus, longestSeconds, constraints, uncarried]);
  keys.set(demand, key);
  return key;
}

function judge(
  tick: Tick,
  wanted: DemandClass,
  known: DemandSight,
  all: ReadonlyMap<string, Witnesses>,
): Pick<DemandSight, 'declines' | 'taken'> {
  const declines = new Map<string, Decline>();
  const taken = new Map(known.taken);
  const { placedAt } = known;
  const wasPlacedAfter = (at: number) =>
    placedAt !== undefined && placedAt > at && tick.now - placedAt < justMs;
  for (const pool of tick.setting.pools) {
    const { name } = pool;
    const witnesses = all.get(name);
    if (witnesses === undefined) {
      continue;
    }
    const before = known.declines.get(name);
    const { at: judgedAt = Number.NEGATIVE_INFINITY } = before ?? {};
    if (wasPlacedAfter(judgedAt) && witnesses.tasks > 0) {
      taken.set(name, tick.now);
    }
    const takenAt = taken.get(name);
    if (takenAt !== undefined && takenAt > judgedAt && tick.now - takenAt < takenMs) {
      continue;
    }
    const decline = declineBy(tick, before, seenIdle(tick, pool, wanted, known.since, witnesses));
    if (decline !== undefined) {
      declines.set(name, decline);
    }
  }
  return { declines, taken };
}

/** What was found out stays, unless more is found out, or the same once more when it was tried again. */
function declineBy(tick: Tick, before: Decline | undefined, seen: Decline | undefined): Decline | undefined {
  if (before === undefined || (seen?.isSure === true && !before.isSure)) {
    return seen;
  }
  const isOld = tick.now - before.at >= retryMs;
  // What was only likely is forgotten when nothing shows it any more.
  return isOld && (seen !== undefined || !before.isSure) ? seen : before;
}

/** What idle pilots of a pool say of a class that has waited since then. */
function seenIdle(
  tick: Tick,
  pool: PoolSetting,
  wanted: DemandClass,
  since: number,
  witnesses: Witnesses,
): Decline | undefined {
  if (misfitOf(pool, wanted, startUpSeconds(tick, pool)) !== undefined) {
    return undefined;
  }
  const { now: at } = tick;
  const longestMs = (wanted.longestSeconds ?? 0) * 1000;
  const idle = at - since >= untakenMs ? idleness(witnesses, longestMs) : undefined;
  if (idle !== undefined) {
    return { why: 'untaken', at, isSure: idle === 'sure' };
  }
  const { unused } = witnesses;
  if (unused !== undefined && since <= unused.registeredAt && unused.leftMs < longestMs) {
    return { why: 'too-long', at, isSure: true, livesSeconds: Math.max(0, unused.livedMs) / 1000 };
  }
  return undefined;
}

/** How long a task may take at most that is to run on the pool's pilots, as far as is known. */
export function livesSeconds(tick: Tick, pool: PoolSetting, demand: DemandClass): number {
  const most = lifeSeconds(pool, startUpSeconds(tick, pool));
  return Math.min(most, declineOf(tick, pool.name, demand)?.livesSeconds ?? most);
}
