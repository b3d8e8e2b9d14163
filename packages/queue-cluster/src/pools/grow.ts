import { isTrying, maySubmit } from './health.ts';
import { excludedNodes } from './nodes.ts';
import { shapeOf } from './shape.ts';
import { masterBackMs } from './sight.ts';
import { isStuck } from './stuck.ts';
import { type PoolSurvey, supplyOf } from './survey.ts';
import type { Tick } from './tick.ts';

/** How many pilots a pool is to have. */
export function desiredOf(survey: PoolSurvey, lacking: number): number {
  const { min, max, agents } = survey;
  const needed = agents ?? survey.busy.length + lacking;
  return Math.min(Math.max(needed, min), max);
}

/** How many of them whatever the demand is. */
export function alwaysOf({ min, max, agents = 0 }: PoolSurvey): number {
  return Math.min(Math.max(agents, min), max);
}

/** How many more it needs: those that end soon are replaced in time, where the demand lasts or people want so many. */
export function deficitOf(survey: PoolSurvey, lacking: number): number {
  const desired = desiredOf(survey, lacking);
  const lasting = lacking > 0 ? desired : alwaysOf(survey);
  const supply = supplyOf(survey);
  return Math.max(desired - supply, lasting - (supply - survey.endingSoon.size));
}

/** Submits what a pool lacks, as far as `max`, the backlog and its health allow. */
export function growPool(tick: Tick, survey: PoolSurvey, lacking: number): void {
  const { pool } = survey;
  if (!isOpen(tick, survey)) {
    return;
  }
  const room = Math.min(survey.max - survey.occupied, pool.backlog - survey.waiting);
  const count = Math.min(deficitOf(survey, lacking), room, atOnce(tick, survey));
  if (count <= 0) {
    return;
  }
  const excluded = excludedNodes(tick, pool.system);
  for (let submitted = 0; submitted < count; submitted += 1) {
    const pilot = tick.newName(pool.name);
    const { name, system } = pool;
    tick.note({ kind: 'intended', at: tick.now, pilot, pool: name, system, shape: shapeOf(pool) });
    tick.see(pilot, { isSubmitting: true });
    tick.decide({ kind: 'submit', pilot, pool: pool.name, excludedNodes: excluded });
    survey.occupied += 1;
  }
}

/** Where the queue has refused the last submit, or will never start some, one is tried at a time. */
function atOnce(tick: Tick, { pool, queued, stuck }: PoolSurvey): number {
  if (!isTrying(tick.ledger.health.get(pool.name))) {
    return stuck.length > 0 ? 1 : Number.POSITIVE_INFINITY;
  }
  return queued.some(({ id }) => id === undefined) ? 0 : 1;
}

/**
 * Nothing is submitted before the queue has been heard by this launcher (a pilot of the one before may be there), and
 * nothing while it does not answer (nobody would know whether it was). The same holds for the master: without one
 * pilots are of no use.
 */
function isOpen(tick: Tick, { pool }: PoolSurvey): boolean {
  const { knownAt, trouble } = tick.systemSight(pool.system);
  const isHeard = knownAt !== undefined && trouble === undefined && isMasterThere(tick);
  const isOpen = isHeard && !isStuck(tick, pool.name);
  return isOpen && tick.news.wanted.state === 'up' && maySubmit(tick, pool.name);
}

/** Pilots that start before there is a master would pay for waiting, and leave again. */
function isMasterThere(tick: Tick): boolean {
  const { master } = tick.rest;
  return master?.answers === true || (master?.wasHeard === true && tick.now - master.since < masterBackMs);
}
