import type { LeavingReason } from './events.ts';
import { alwaysOf, desiredOf } from './grow.ts';
import type { Pilot } from './ledger.ts';
import { uselessOf, youngestFirst } from './stuck.ts';
import { type PoolSurvey, supplyOf } from './survey.ts';
import type { Tick } from './tick.ts';

/** Demand comes and goes: what waits in the queue keeps its place for this long at least. */
const flickerMs = 60_000;

/** Sends those pilots away that a pool has too many of, or that will come to nothing. */
export function shrinkPool(tick: Tick, survey: PoolSurvey, lacking: number): void {
  const useless = uselessOf(tick, survey);
  sendAway(tick, useless, 'stuck');
  for (const pilot of useless) {
    survey.stuck.splice(survey.stuck.indexOf(pilot), 1);
  }
  const excess = excessOf(survey);
  if (excess > 0) {
    sendAway(tick, mostDispensable(tick, survey).slice(0, excess), 'surplus');
    return;
  }
  releaseUnsuited(tick, survey);
  const surplus = surplusOf(survey, lacking);
  shrinkQueue(tick, survey, surplus);
  shrinkIdle(tick, survey, surplus);
}

interface Surplus {
  /** How many too many run. */
  readonly running: number;
  /** How many there are too many that do not end soon: what replaces those that do is no surplus. */
  readonly lasting: number;
}

function surplusOf(survey: PoolSurvey, lacking: number): Surplus {
  const desired = desiredOf(survey, lacking);
  const waiting = survey.queued.length + survey.stuck.length;
  // What never starts may do so after all, as long as what was tried in its place has not.
  const tried = desired > 0 ? Math.min(survey.stuck.length, survey.queued.length) : 0;
  const count = supplyOf(survey) + survey.stuck.length - tried;
  const lasting = count - survey.endingSoon.size;
  if (lacking > 0) {
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

/** What lives too short for the tasks that wait goes when it was idle for long, or takes the place of one that does not. */
function releaseUnsuited(tick: Tick, survey: PoolSurvey): void {
  const isInTheWay = survey.occupied >= survey.max && !survey.isForComing;
  const { unsuited } = survey;
  sendAway(tick, isInTheWay ? unsuited : unsuited.filter(isLongIdle(tick, survey)), 'surplus');
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
