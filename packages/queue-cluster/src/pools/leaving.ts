import type { LeavingReason } from './events.ts';
import type { Pilot } from './ledger.ts';
import { isEarlier } from './shape.ts';
import type { PilotSight } from './sight.ts';
import type { Tick } from './tick.ts';

/** What has had no effect is asked for again after this. */
export const againMs = 60_000;
/** Who has the wrong cluster drained may say so before what waits has lost its place. */
const regretMs = 60_000;
/** A pilot that was stopped well and is still there after this is cancelled. */
const stopMs = 60_000;
/** A batch job that was cancelled and is still there after this is cancelled again. */
const cancelMs = 120_000;
/** Tasks that are drained get this long, or half of the hard margin where that is less. */
const longestGraceSeconds = 30;

/** Reasons that wait for nobody. */
const urgent: readonly LeavingReason[] = ['down', 'never-registered', 'agent-lost', 'requeued', 'stuck'];

/** Whether a pilot has to leave, by its own life, and why. */
export function reasonToLeave(tick: Tick, pilot: Pilot): LeavingReason | undefined {
  const { state } = tick.news.wanted;
  if (state !== 'up') {
    return state;
  }
  if (!tick.pools.has(pilot.pool)) {
    return 'draining';
  }
  if (pilot.startedAt === undefined) {
    return isEarlier(tick, pilot) && isQueueHeard(tick, pilot) ? 'changed' : undefined;
  }
  if (pilot.endsAt !== undefined && tick.now >= pilot.endsAt - pilot.shape.softMarginSeconds * 1000) {
    return 'walltime';
  }
  return reasonOfAgent(tick, pilot);
}

/** Before that a pilot may well have started, and nobody knows it. */
function isQueueHeard(tick: Tick, { system }: Pilot): boolean {
  const { knownAt, trouble } = tick.systemSight(system);
  return knownAt !== undefined && trouble === undefined;
}

function reasonOfAgent(tick: Tick, pilot: Pilot): LeavingReason | undefined {
  const { master } = tick.rest;
  const sight = tick.sightOf(pilot.name);
  // Agents cannot be missed while nobody tells of them, nor where the queue has stopped them for a while.
  if (master?.answers !== true || sight.isSuspended === true) {
    return undefined;
  }
  if (pilot.registeredAt === undefined) {
    const since = Math.max(pilot.startedAt ?? tick.now, master.since);
    return tick.now - since >= tick.timing.registration * 1000 ? 'never-registered' : undefined;
  }
  if (isAwayForGood(tick, sight)) {
    return 'agent-lost';
  }
  return isLongUseless(tick, pilot, sight) ? 'deactivated' : undefined;
}

/** Whether somebody else has had an agent take no more tasks, and it has had none for long. */
function isLongUseless(tick: Tick, { pool, stayedAt }: Pilot, sight: PilotSight): boolean {
  const { idleSince, inactiveSince, isBack } = sight;
  const isBeingGivenBack = stayedAt !== undefined && isBack !== true;
  if (idleSince === undefined || inactiveSince === undefined || isBeingGivenBack) {
    return false;
  }
  const idleMs = (tick.pools.get(pool)?.idleSeconds ?? 0) * 1000;
  return tick.now - Math.max(idleSince, inactiveSince) >= idleMs;
}

function isAwayForGood(tick: Tick, { awaySince }: PilotSight): boolean {
  const { master } = tick.rest;
  const since = Math.max(awaySince ?? tick.now, master?.since ?? tick.now);
  return master?.answers === true && tick.now - since >= tick.timing.agentAway * 1000;
}

/** Takes a pilot that is on its way out one step further. */
export function stepOut(tick: Tick, pilot: Pilot): void {
  const sight = tick.sightOf(pilot.name);
  if (pilot.startedAt === undefined) {
    if (!isRegrettable(tick, pilot)) {
      cancelAgain(tick, pilot, sight);
    }
    return;
  }
  deactivate(tick, pilot, sight);
  drain(tick, pilot, sight);
  if (pilot.leaving?.why === 'requeued') {
    cancelAgain(tick, pilot, sight);
  } else if (sight.stopAskedAt !== undefined || isTimeToStop(tick, pilot, sight)) {
    stop(tick, pilot, sight);
  }
}

/** Whether a pilot is on its way out by a word that may still be taken back before anything is done. */
export function isRegrettable(tick: Tick, { leaving }: Pilot): boolean {
  return leaving?.why === 'draining' && tick.now - leaving.at < regretMs;
}

function deactivate(tick: Tick, pilot: Pilot, { agent, deactivateAskedAt }: PilotSight): void {
  if (agent?.isActive === true && isDue(tick, deactivateAskedAt, againMs)) {
    tick.decide({ kind: 'deactivate-agent', pilot: pilot.name, agentId: agent.agentId });
    tick.see(pilot.name, { deactivateAskedAt: tick.now });
  }
}

function drain(tick: Tick, pilot: Pilot, { agent, drainAskedAt }: PilotSight): void {
  if (agent === undefined || agent.tasks === 0 || agent.isDraining || !isPastHardMargin(tick, pilot)) {
    return;
  }
  if (isDue(tick, drainAskedAt, againMs)) {
    const graceSeconds = graceOf(pilot);
    tick.decide({ kind: 'drain-agent', pilot: pilot.name, agentId: agent.agentId, graceSeconds });
    tick.see(pilot.name, { drainAskedAt: drainAskedAt ?? tick.now });
  }
}

function isPastHardMargin(tick: Tick, pilot: Pilot): boolean {
  return pilot.endsAt !== undefined && tick.now >= pilot.endsAt - pilot.shape.hardMarginSeconds * 1000;
}

function graceOf({ shape }: Pilot): number {
  return Math.min(longestGraceSeconds, Math.floor(shape.hardMarginSeconds / 2));
}

function isTimeToStop(tick: Tick, pilot: Pilot, sight: PilotSight): boolean {
  if (pilot.leaving !== undefined && urgent.includes(pilot.leaving.why)) {
    return true;
  }
  if (isPastHardMargin(tick, pilot)) {
    const graceMs = graceOf(pilot) * 1000;
    const isDrained = sight.agent === undefined || sight.agent.tasks === 0;
    return isDrained || (sight.drainAskedAt !== undefined && tick.now - sight.drainAskedAt >= graceMs);
  }
  // Nobody knows of tasks while the master does not tell.
  if (tick.rest.master?.answers !== true) {
    return false;
  }
  if (pilot.registeredAt === undefined) {
    return true;
  }
  const { agent } = sight;
  return agent === undefined ? isAwayForGood(tick, sight) : agent.tasks === 0 && !agent.isActive;
}

/** First well, then by force. */
function stop(tick: Tick, pilot: Pilot, sight: PilotSight): void {
  if (sight.stopAskedAt === undefined) {
    tick.stop(pilot);
    tick.see(pilot.name, { stopAskedAt: tick.now });
  } else if (tick.now - sight.stopAskedAt >= stopMs) {
    cancelAgain(tick, pilot, sight);
  }
}

/** Cancels a batch job, as often as it takes; one without an id waits until it is found, or proven not to be there. */
export function cancelAgain(tick: Tick, pilot: Pilot, { cancelAskedAt }: PilotSight): void {
  if (pilot.id !== undefined && isDue(tick, cancelAskedAt, cancelMs)) {
    tick.cancel(pilot.system, pilot.id);
    tick.see(pilot.name, { cancelAskedAt: tick.now });
  }
}

/** Whether something is to be asked for, the first time or once more. */
export function isDue(tick: Tick, askedAt: number | undefined, everyMs: number): boolean {
  return askedAt === undefined || tick.now - askedAt >= everyMs;
}

/** Tells a running pilot what it is to do, where that is something new, or could not be written. */
export function giveOrders(tick: Tick, pilot: Pilot): void {
  const { ordered, orderFailedAt, drainAskedAt, stopAskedAt, cancelAskedAt } = tick.sightOf(pilot.name);
  const keep = pilot.leaving === undefined;
  const drain = drainAskedAt !== undefined;
  const stop = stopAskedAt !== undefined || cancelAskedAt !== undefined;
  const isNew =
    ordered === undefined || ordered.keep !== keep || ordered.drain !== drain || ordered.stop !== stop;
  if (isNew || (orderFailedAt !== undefined && isDue(tick, orderFailedAt, againMs))) {
    tick.decide({ kind: 'order', pilot: pilot.name, keep, drain, stop });
    tick.see(pilot.name, { ordered: { keep, drain, stop }, orderFailedAt: undefined });
  }
}
