import { countingOf, waitedMs } from './declines.ts';
import { misfitOf } from './holding.ts';
import type { Pilot } from './ledger.ts';
import type { PoolSetting } from './setting.ts';
import { isEarlier } from './shape.ts';
import type { PilotSight } from './sight.ts';
import { startUpSeconds } from './start-up.ts';
import type { Tick } from './tick.ts';
import { leftMsOf, offerMs } from './witnesses.ts';

/** What a pool's pilots are doing. Those on their way out are only counted. */
export interface PoolSurvey {
  readonly pool: PoolSetting;
  /** The least and the most that people want, and how many they want always. */
  readonly min: number;
  readonly max: number;
  readonly agents?: number;
  /** Waiting in the queue, or about to be there. */
  readonly queued: Pilot[];
  /** In the queue, and not to start before somebody does something. */
  readonly stuck: Pilot[];
  /** Running, without an agent yet. */
  readonly starting: Pilot[];
  /** Their agents have no task. */
  readonly idle: Pilot[];
  /**
   * Idle, and likely to stay so: the tasks that wait may take longer than these pilots live. Or of an earlier shape, and of
   * no use to them.
   */
  readonly unsuited: Pilot[];
  /** Their agents got their first task so lately that the demand may not know it. */
  readonly fresh: Pilot[];
  /** Their agents have tasks, or are away and may have some, or take none. */
  readonly busy: Pilot[];
  /** Whether all that waits is only for pilots that are still to come. */
  readonly isForComing: boolean;
  /** Names of those of all these that end so soon that what is submitted now would just come in time. */
  readonly endingSoon: Set<string>;
  /** All that are, or may be, in the queue's books: what counts against `max`. */
  occupied: number;
  /** All that wait in the queue, or may: what counts against the backlog. */
  waiting: number;
  /** When the youngest pilot that has started was intended. */
  youngestStarted: number;
}

/** No pilot is replaced earlier than this before its end, however long the queue is. */
const longestLeadMs = 900_000;
/** A demand that was written so long after an agent got a task knows of that. */
const demandDelayMs = 5_000;

/** What is the same for all pilots of a survey. */
interface Demand {
  /** When the oldest word of what is lacking was written. */
  readonly at: number;
  /** By pool: what waits that its pilots hold; absent where there is nothing. */
  readonly counted: ReadonlyMap<string, CountedDemand | undefined>;
}

interface CountedDemand {
  /** How long the longest of these tasks may take. */
  readonly longestMs: number;
  /** Whether they are only for those that are still to come. */
  readonly isForComing: boolean;
}

/** Looks at all pilots, by pool. */
export function surveyPools(tick: Tick): ReadonlyMap<string, PoolSurvey> {
  const demand = demandOf(tick);
  const surveys = new Map(
    tick.setting.pools.map((pool) => [pool.name, emptySurvey(tick, pool, demand.counted.get(pool.name))]),
  );
  for (const pilot of tick.ledger.pilots.values()) {
    const survey = surveys.get(pilot.pool);
    if (survey !== undefined && !pilot.isGone) {
      count(tick, survey, pilot, demand);
    }
  }
  return surveys;
}

function demandOf(tick: Tick): Demand {
  const { demand } = tick.news;
  const countedOf = (pool: PoolSetting): CountedDemand | undefined => {
    const startUp = startUpSeconds(tick, pool);
    const fitting = demand.filter((wanted) => misfitOf(pool, wanted, startUp) === undefined);
    const counted = fitting.filter((wanted) => countingOf(tick, pool.name, wanted) !== 'none');
    if (counted.length === 0) {
      return undefined;
    }
    return {
      longestMs: Math.max(...counted.map(({ longestSeconds = 0 }) => longestSeconds * 1000)),
      isForComing: counted.every((wanted) => countingOf(tick, pool.name, wanted) === 'coming'),
    };
  };
  return {
    at: Math.min(...demand.map(({ at }) => at)),
    counted: new Map(tick.setting.pools.map((pool) => [pool.name, countedOf(pool)])),
  };
}

function emptySurvey(tick: Tick, pool: PoolSetting, counted: CountedDemand | undefined): PoolSurvey {
  const wanted = tick.news.wanted.pools[pool.name] ?? pool;
  const { min, max } = wanted;
  const agents = 'agents' in wanted && wanted.agents !== undefined ? { agents: wanted.agents } : {};
  return {
    pool,
    min,
    max,
    ...agents,
    queued: [],
    stuck: [],
    starting: [],
    idle: [],
    unsuited: [],
    fresh: [],
    busy: [],
    isForComing: counted?.isForComing === true,
    endingSoon: new Set(),
    occupied: 0,
    waiting: 0,
    youngestStarted: 0,
  };
}

function count(tick: Tick, survey: PoolSurvey, pilot: Pilot, demand: Demand): void {
  survey.occupied += 1;
  if (pilot.ended !== undefined) {
    return;
  }
  if (pilot.startedAt === undefined) {
    survey.waiting += 1;
  } else {
    survey.youngestStarted = Math.max(survey.youngestStarted, pilot.intendedAt);
  }
  if (pilot.leaving !== undefined) {
    return;
  }
  const use = useOf(pilot, tick.sightOf(pilot.name), demand.at);
  const counted = demand.counted.get(survey.pool.name);
  survey[isUnsuited(tick, survey, pilot, { use, counted }) ? 'unsuited' : use].push(pilot);
  if (isEndingSoon(tick, pilot)) {
    survey.endingSoon.add(pilot.name);
  }
}

type Use = 'queued' | 'stuck' | 'starting' | 'idle' | 'fresh' | 'busy';

function useOf(pilot: Pilot, sight: PilotSight, demandAt: number): Use {
  if (pilot.startedAt === undefined) {
    return sight.waiting?.stuckSince === undefined ? 'queued' : 'stuck';
  }
  if (pilot.registeredAt === undefined) {
    return 'starting';
  }
  // One that somebody else has deactivated takes no tasks either.
  if (sight.agent?.isActive !== true) {
    return 'busy';
  }
  if (sight.agent.tasks === 0) {
    return 'idle';
  }
  return (sight.busySince ?? 0) + demandDelayMs >= demandAt ? 'fresh' : 'busy';
}

interface Prospect {
  readonly use: Use;
  /** Undefined where nothing waits that the pool counts. */
  readonly counted: CountedDemand | undefined;
}

/** Where people want a number of agents, all of them count. */
function isUnsuited(tick: Tick, { agents }: PoolSurvey, pilot: Pilot, { use, counted }: Prospect): boolean {
  if (agents !== undefined || counted === undefined || (use !== 'idle' && use !== 'starting')) {
    return false;
  }
  const { idleSince = tick.now } = tick.sightOf(pilot.name);
  const isFree = use === 'idle' && tick.now - idleSince >= offerMs;
  const { longestMs, isForComing } = counted;
  const isTooOld = isFree && longestMs > 0 && leftMsOf(pilot, tick.now) < longestMs;
  return isTooOld || (isFree && isForComing) || (isEarlier(tick, pilot) && isUseless(tick, pilot, isFree));
}

/** Whether nothing that waits fits a pilot, or it was free and did not go there. */
function isUseless(tick: Tick, { shape }: Pilot, isFree: boolean): boolean {
  const fitting = tick.news.demand.filter((wanted) => misfitOf(shape, wanted) === undefined);
  return fitting.every((wanted) => isFree && waitedMs(tick, wanted) >= offerMs);
}

function isEndingSoon(tick: Tick, { pool, shape, endsAt }: Pilot): boolean {
  if (endsAt === undefined) {
    return false;
  }
  const marginMs = shape.softMarginSeconds * 1000;
  // Were it more than half of its life, the replacement would be about to end, too, as soon as it is there.
  const most = Math.min(longestLeadMs, (shape.walltimeSeconds * 1000 - marginMs) / 2);
  const lead = Math.min(tick.poolSight(pool).queueWait ?? 0, most);
  return tick.now >= endsAt - marginMs - lead;
}

/** How many pilots there are, or soon will be, that can take tasks. */
export function supplyOf(survey: PoolSurvey): number {
  return survey.busy.length + freePilotsOf(survey).length;
}

/** Those of them that are there for tasks that are waiting now. */
export function freePilotsOf({ queued, starting, idle, fresh }: PoolSurvey): readonly Pilot[] {
  return [...queued, ...starting, ...idle, ...fresh];
}
