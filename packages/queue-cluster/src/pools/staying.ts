import { deficitOf } from './grow.ts';
import { againMs, isDue, isRegrettable, reasonToLeave } from './leaving.ts';
import type { Pilot } from './ledger.ts';
import { isEarlier } from './shape.ts';
import type { PilotSight } from './sight.ts';
import { type PoolSurvey, supplyOf } from './survey.ts';
import type { Tick } from './tick.ts';

/** What was asked of the master just before a pilot was taken back may still come about for so long. */
const settleMs = 30_000;

/** A pilot that no other reason has leave stays where the word is taken back that did. */
export function stayIfWanted(tick: Tick, pilot: Pilot): void {
  const isPool = tick.pools.get(pilot.pool)?.system === pilot.system;
  if (pilot.leaving?.why === 'draining' && isPool && mayStay(tick, pilot)) {
    stay(tick, pilot);
  }
}

/** Before a pool grows it takes those back that were too many, and still work: those first that last longest. */
export function takeBack(tick: Tick, survey: PoolSurvey, lacking: number): void {
  const { pool, max, unsuited, stuck, busy } = survey;
  const room = max - supplyOf(survey) - unsuited.length - stuck.length;
  const count = Math.min(room, deficitOf(survey, lacking));
  if (count <= 0) {
    return;
  }
  const leaving = tick.ledger.pilots
    .values()
    .filter((pilot) => pilot.pool === pool.name && isDispensed(tick, pilot))
    .toArray();
  for (const pilot of leaving.toSorted((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0)).slice(0, count)) {
    stay(tick, pilot);
    busy.push(pilot);
  }
}

/** Has an agent take tasks again that was told to take none. */
export function giveBack(tick: Tick, { name }: Pilot, stayedAt: number): void {
  const { agent, isBack, reactivateAskedAt } = tick.sightOf(name);
  if (agent === undefined || isBack === true) {
    return;
  }
  if (agent.isActive) {
    if (tick.now - stayedAt >= settleMs) {
      // Who deactivates it after that means it.
      tick.see(name, { isBack: true });
    }
  } else if (isDue(tick, reactivateAskedAt, againMs)) {
    tick.decide({ kind: 'reactivate-agent', pilot: name, agentId: agent.agentId });
    tick.see(name, { reactivateAskedAt: tick.now });
  }
}

function stay(tick: Tick, { name }: Pilot): void {
  tick.note({ kind: 'staying', at: tick.now, pilot: name });
  tick.see(name, { deactivateAskedAt: undefined, reactivateAskedAt: undefined, isBack: undefined });
}

/** Whether it was too many, and has tasks all the same. What is idle goes by other rules, and soon. */
function isDispensed(tick: Tick, pilot: Pilot): boolean {
  const isSurplus = pilot.leaving?.why === 'surplus' && !isEarlier(tick, pilot);
  const hasTasks = (tick.sightOf(pilot.name).agent?.tasks ?? 0) > 0;
  return isSurplus && hasTasks && mayStay(tick, pilot);
}

/** Whether nothing was done to a pilot yet that cannot be taken back. */
function mayStay(tick: Tick, pilot: Pilot): boolean {
  const sight = tick.sightOf(pilot.name);
  if (pilot.ended !== undefined || sight.cancelAskedAt !== undefined || isStopped(sight)) {
    return false;
  }
  if (reasonToLeave(tick, pilot) !== undefined) {
    return false;
  }
  return pilot.startedAt === undefined
    ? pilot.id !== undefined && isRegrettable(tick, pilot)
    : tick.rest.master?.answers === true && isAtWork(sight);
}

function isStopped({ stopAskedAt, drainAskedAt }: PilotSight): boolean {
  return stopAskedAt !== undefined || drainAskedAt !== undefined;
}

/** One that is idle and takes no tasks may have been stopped by the launcher before this one. */
function isAtWork({ agent, deactivateAskedAt }: PilotSight): boolean {
  const isUnhurt = agent !== undefined && !agent.isDraining;
  return isUnhurt && (agent.tasks > 0 || agent.isActive || deactivateAskedAt !== undefined);
}
