import { type Counting, countingOf, declineOf, livesSeconds } from './declines.ts';
import { maySubmit } from './health.ts';
import { misfitOf, roundingError, tasksPerPilot } from './holding.ts';
import type { Pilot } from './ledger.ts';
import type { DemandClass } from './news.ts';
import type { PilotShape, PoolSetting } from './setting.ts';
import { isEarlier } from './shape.ts';
import { startUpSeconds } from './start-up.ts';
import { isStuck } from './stuck.ts';
import { freePilotsOf, type PoolSurvey, supplyOf } from './survey.ts';
import type { Tick } from './tick.ts';
import { type UnmetDemand, unmetReasons } from './view.ts';

/** A queue that does not answer once or twice will do so soon. */
const awayMs = 300_000;

/** What pools have to do with the tasks that wait. */
export interface DemandShares {
  /** How many pilots each pool needs for them, beside those that are busy. */
  readonly lacking: ReadonlyMap<string, number>;
  /**
   * How many it does not send away because of them: those it needs, or those still to come that may be of use. What is
   * kept so is no reason for others to come, which would be kept as well, and so on.
   */
  readonly useful: ReadonlyMap<string, number>;
  /** What no pool can do anything about. */
  readonly unmet: readonly UnmetDemand[];
}

/**
 * Gives each class of waiting tasks to the first pool whose pilots hold one of them, as far as that pool may grow; what
 * is left goes to the next such pool. Tasks without graphics processors go to pools with some only where no other holds
 * them: these are dear.
 */
export function shareDemand(tick: Tick, surveys: ReadonlyMap<string, PoolSurvey>): DemandShares {
  const shares = [...surveys.values()].flatMap((survey) => sharesOf(tick, survey));
  // What nobody else takes may as well wait for these.
  shares.push(...Array.from(surveys.values(), stuckShareOf));
  const unmet: UnmetDemand[] = [];
  for (const demand of tick.news.demand) {
    const left = sharesFor(tick, shares, demand).reduce(
      (rest, share) => rest - take(tick, share, demand, rest),
      demand.count,
    );
    if (left > 0) {
      unmet.push(unmetOf(tick, demand, left));
    }
  }
  return { lacking: sumOf(shares, ({ taken }) => taken), useful: sumOf(shares, usefulOf), unmet };
}

/** What pilots of one shape have to do with waiting tasks. */
interface Share {
  readonly pool: PoolSetting;
  readonly shape: PilotShape;
  /** Whether its pilots are there: then they count for what they hold, whatever the pool counts now. */
  readonly isEarlier: boolean;
  /** How many such pilots can be there. */
  readonly room: number;
  /** How many of these are on their way. */
  readonly coming: number;
  /** How many of them tasks need. */
  taken: number;
  /** How many of those on their way stay on it for tasks that are likely not to be put there. */
  kept: number;
}

/** Of a pool: what is there of earlier shapes first, which comes of itself. */
function sharesOf(tick: Tick, survey: PoolSurvey): Share[] {
  const { pool } = survey;
  const earlier = Map.groupBy(
    freePilotsOf(survey).filter((pilot) => isEarlier(tick, pilot)),
    ({ shape }) => shape.fingerprint,
  );
  const shares: Share[] = [];
  let room = roomOf(tick, survey);
  const isComing = (pilot: Pilot) => pilot.registeredAt === undefined && !isEarlier(tick, pilot);
  const coming = freePilotsOf(survey).filter(isComing).length;
  for (const [{ shape }, ...others] of earlier.values() as Iterable<[Pilot, ...Pilot[]]>) {
    const count = others.length + 1;
    shares.push({ pool, shape, isEarlier: true, room: count, coming: count, taken: 0, kept: 0 });
    room -= count;
  }
  return [...shares, { pool, shape: pool, isEarlier: false, room, coming, taken: 0, kept: 0 }];
}

/** What will not start as things are keeps its place while it would be of use. */
function stuckShareOf({ pool, stuck }: PoolSurvey): Share {
  return { pool, shape: pool, isEarlier: true, room: stuck.length, coming: stuck.length, taken: 0, kept: 0 };
}

/** Which of them may take tasks of a class, in their order. */
function sharesFor(tick: Tick, shares: readonly Share[], demand: DemandClass): readonly Share[] {
  const plain = shares.filter(({ shape }) => shape.gpus === 0);
  const holdsIt = ({ pool, shape }: Share) =>
    misfitOf(shape, demand, startUpSeconds(tick, pool)) === undefined;
  return demand.gpus === 0 && plain.some(holdsIt) ? plain : shares;
}

/** Has a share take as many of so many tasks as it may; answers how many. */
function take(tick: Tick, share: Share, demand: DemandClass, count: number): number {
  const counting = countingFor(tick, share, demand);
  if (counting === 'none') {
    return 0;
  }
  const each = tasksPerPilot(share.shape, demand);
  const here = Math.min(count, Math.floor(roomFor(share, counting) * each + roundingError));
  if (counting === 'coming') {
    share.kept += here / each;
  } else {
    share.taken += here / each;
  }
  return here;
}

/** How many pilots of a share there may be that are on their way. */
const comingOf = ({ room, coming }: Share): number => Math.min(room, coming);

/** How many of its pilots are needed, or are on their way and may be of use. */
const usefulOf = (share: Share): number =>
  Math.max(share.taken, Math.min(comingOf(share), share.taken + share.kept));

/** By pool, in whole pilots. */
function sumOf(shares: readonly Share[], count: (share: Share) => number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const share of shares) {
    const { name } = share.pool;
    sums.set(name, (sums.get(name) ?? 0) + Math.ceil(count(share) - roundingError));
  }
  return sums;
}

/** How many pilots of a share there may be for a class beside those that others of it take. */
function roomFor(share: Share, counting: Exclude<Counting, 'none'>): number {
  const { room, taken, kept } = share;
  switch (counting) {
    case 'all':
      return room - taken;
    case 'coming':
      return Math.max(0, comingOf(share) - taken - kept);
    case 'one':
      return Math.min(1, room - taken);
  }
}

function countingFor(tick: Tick, { pool, shape, ...share }: Share, demand: DemandClass): Counting {
  if (misfitOf(shape, demand, startUpSeconds(tick, pool)) !== undefined) {
    return 'none';
  }
  return share.isEarlier ? 'all' : countingOf(tick, pool.name, demand);
}

function unmetOf(tick: Tick, demand: DemandClass, count: number): UnmetDemand {
  const { at: _at, placed: _placed, ...asked } = demand;
  const fits = tick.setting.pools.map((pool) => ({
    pool,
    misfit: misfitOf(pool, demand, startUpSeconds(tick, pool)) ?? declineOf(tick, pool.name, demand)?.why,
  }));
  // The one that comes nearest to holding it.
  const why =
    unmetReasons.findLast((reason) => fits.some(({ misfit = 'full' }) => misfit === reason)) ?? 'full';
  const nearest = fits.filter(({ misfit = 'full' }) => misfit === why).map(({ pool }) => pool);
  return {
    ...asked,
    count,
    why,
    ...(why === 'too-long' && {
      livesSeconds: Math.max(...nearest.map((pool) => livesSeconds(tick, pool, demand))),
    }),
    ...(why === 'untaken' && { pools: nearest.map(({ name }) => name) }),
  };
}

/** How many pilots of a pool can be there for waiting tasks: those that are free, and those that may be submitted. */
function roomOf(tick: Tick, survey: PoolSurvey): number {
  const free = freePilotsOf(survey).length;
  const isWell = maySubmit(tick, survey.pool.name) && !isStuck(tick, survey.pool.name);
  const isOpen = tick.news.wanted.state === 'up' && isWell;
  if (!isOpen || isAway(tick, survey.pool.system)) {
    return free;
  }
  const most = survey.agents === undefined ? survey.max : Math.min(survey.agents, survey.max);
  return free + Math.max(0, most - supplyOf(survey) - survey.unsuited.length);
}

/** Whether a queue has not answered for so long that others may well take its tasks. */
function isAway(tick: Tick, system: string): boolean {
  const { trouble, knownAt = 0 } = tick.systemSight(system);
  return trouble !== undefined && tick.now - knownAt >= awayMs;
}
