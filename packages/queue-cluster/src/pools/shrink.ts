import type { LeavingReason } from './events.ts';
import { alwaysOf, desiredOf } from './grow.ts';
import type { Pilot } from './ledger.ts';
import { uselessOf, youngestFirst } from './stuck.ts';
import { type PoolSurvey, supplyOf } from './survey.ts';
import type { Tick } from './tick.ts';

/** Demand comes and goes: what waits in the queue keeps its place for this long at least. */
const flickerMs = 60_000;

/**
 * Sends those pilots away that are no use whatever waits: that will come to nothing, or are more than people allow, or
 * idle and unsuited for long. They go before the demand is shared, for what they leave undone is for others.
 */
export function dismissExcess(tick: Tick, survey: PoolSurvey): void {
  dismiss(tick, survey, uselessOf(tick, survey), 'stuck');
  // One by one: those that end soon may be more than people allow, and do not once they have left.
  for (const pilot of mostDispensable(tick, survey)) {
    if (excessOf(survey) <= 0) {
      break;
    }
    dismiss(tick, survey, [pilot]);
  }
  dismiss(tick, survey, survey.unsuited.filter(isLongIdle(tick, survey)));
}

/** Sends those pilots away that a pool has too many of for what waits. */
export function shrinkPool(tick: Tick, survey: PoolSurvey, useful: number): void {
  const surplus = surplusOf(survey, useful);
  shrinkQueue(tick, survey, surplus);
  shrinkIdle(tick, survey, surplus);
}

interface Surplus {
  /** How many too many run. */
  readonly running: number;
  /** How many there are too many that do not end soon: what replaces those that do is no surplus. */
  readonly lasting: number;
}

function surplusOf(survey: PoolSurvey, useful: number): Surplus {
  const desired = desiredOf(survey, useful);
  const waiting = survey.queued.length + survey.stuck.length;
  // What never starts may do so after all, as long as what was tried in its place has not.
  const tried = desired > 0 ? Math.min(survey.stuck.length, survey.queued.length) : 0;
  const count = supplyOf(survey) + survey.stuck.length - tried;
  const lasting = count - survey.endingSoon.size;
  if (useful > 0) {
    // Those that end soon do not count for tasks that wait: all may go that were idle for long all the same.
    const surplus = Math.max(0, lasting - desired);
    return { running: surplus + survey.endingSoon.size, lasting: surplus };
  }
  return {
    // What is to be there always stays until its replacement runs.
    running: Math.max(0, count - waiting - desired),
    lasting: Math.max(0, Math.min(lasting - alwaysOf(survey), count - desired)),
  };
}

/** How many there are beyond what people allow, at once. */
function excessOf(survey: PoolSurvey): number {
  const { agents, max, min } = survey;
  const limit = agents === undefined ? max : Math.min(Math.max(agents, min), max);
  const replaced = agents === undefined ? 0 : survey.endingSoon.size;
  return supplyOf(survey) + survey.unsuited.length + survey.stuck.length - replaced - limit;
}

/** What waits goes first, for it costs nothing; of it what has waited least. */
function queueOf(survey: PoolSurvey): Pilot[] {
  return [...youngestFirst(survey.stuck), ...youngestFirst(survey.queued)];
}

function mostDispensable(tick: Tick, survey: PoolSurvey): Pilot[] {
  const inUse = [...survey.fresh, ...survey.busy].toSorted(bySoonestEnd);
  const tasksOf = (pilot: Pilot) => tick.sightOf(pilot.name).agent?.tasks ?? 0;
  inUse.sort((a, b) => tasksOf(a) - tasksOf(b));
  const idle = [...survey.unsuited, ...survey.idle].toSorted(bySoonestEnd);
  return [...queueOf(survey), ...survey.starting, ...idle, ...inUse];
}

function bySoonestEnd(a: Pilot, b: Pilot): number {
  return (a.endsAt ?? 0) - (b.endsAt ?? 0);
}

/** Takes as many out of the queue as were too many all the time. */
function shrinkQueue(tick: Tick, survey: PoolSurvey, { lasting }: Surplus): void {
  const { name, keepAliveSeconds } = survey.pool;
  const seen = tick.poolSight(name).surplus;
  if (lasting === 0) {
    if (seen !== undefined) {
      tick.seePool(name, { surplus: undefined });
    }
    return;
  }
  const least = Math.min(lasting, seen?.least ?? lasting);
  const since = seen?.since ?? tick.now;
  if (tick.now - since < Math.max(flickerMs, keepAliveSeconds * 1000)) {
    if (seen?.least !== least) {
      tick.seePool(name, { surplus: { since, least } });
    }
    return;
  }
  tick.seePool(name, { surplus: undefined });
  sendAway(tick, queueOf(survey).slice(0, least), 'surplus');
}

/** Agents go that were idle all the time, those whose walltime ends first before others. */
function shrinkIdle(tick: Tick, survey: PoolSurvey, { running, lasting }: Surplus): void {
  const waiting = Math.min(survey.stuck.length + survey.queued.length, lasting);
  const longIdle = survey.idle.filter(isLongIdle(tick, survey));
  const [ending, others] = partition(longIdle.toSorted(bySoonestEnd), ({ name }) =>
    survey.endingSoon.has(name),
  );
  const dispensable = [...ending, ...others.slice(0, lasting - waiting)];
  sendAway(tick, dispensable.slice(0, running), 'surplus');
}

/** What lives too short for the tasks that wait goes where the pool is full, so as to be in nobody's way. */
export function makeWay(tick: Tick, survey: PoolSurvey): void {
  if (survey.occupied >= survey.max && !survey.isForComing) {
    dismiss(tick, survey, [...survey.unsuited]);
  }
}

/** Sends pilots away, and goes on as if they had never been looked at. */
function dismiss(
  tick: Tick,
  survey: PoolSurvey,
  pilots: readonly Pilot[],
  why: LeavingReason = 'surplus',
): void {
  if (pilots.length === 0) {
    return;
  }
  sendAway(tick, pilots, why);
  const gone = new Set(pilots);
  const { queued, stuck, starting, idle, unsuited, fresh, busy } = survey;
  for (const list of [queued, stuck, starting, idle, unsuited, fresh, busy]) {
    list.splice(0, list.length, ...list.filter((pilot) => !gone.has(pilot)));
  }
  for (const { name } of pilots) {
    survey.endingSoon.delete(name);
  }
}

function isLongIdle(tick: Tick, { pool }: PoolSurvey): (pilot: Pilot) => boolean {
  const idleFrom = tick.now - Math.max(pool.idleSeconds, pool.keepAliveSeconds) * 1000;
  return ({ name }) => (tick.sightOf(name).idleSince ?? tick.now) <= idleFrom;
}

function partition(pilots: readonly Pilot[], isFirst: (pilot: Pilot) => boolean): [Pilot[], Pilot[]] {
  const { first = [], second = [] } = Object.groupBy(pilots, (pilot) =>
    isFirst(pilot) ? 'first' : 'second',
  );
  return [first, second];
}

/** Has pilots leave. */
export function sendAway(tick: Tick, pilots: Iterable<Pilot>, why: LeavingReason): void {
  for (const { name } of pilots) {
    tick.note({ kind: 'leaving', at: tick.now, pilot: name, why });
  }
}
