import type { BatchJobEnding } from '../dialects/dialect.ts';
import { type LeavingReason, type PilotEndClass, type Trouble, troubleOf } from './events.ts';
import { noteFailure, noteTransient } from './health.ts';
import type { Pilot } from './ledger.ts';
import { blameNode } from './nodes.ts';
import { masterBackMs } from './sight.ts';
import type { Tick } from './tick.ts';

/** Ends a pilot: says so, and draws the conclusions for its pool and its node. */
export function endPilot(
  tick: Tick,
  pilot: Pilot,
  how: PilotEndClass,
  trouble: Trouble,
  isGone: boolean,
): void {
  const told = troubleOf(trouble);
  tick.note({ kind: 'ended', at: tick.now, pilot: pilot.name, class: how, ...told, isGone });
  if (how === 'never-submitted') {
    noteTransient(tick, pilot, told);
    return;
  }
  blameNode(tick, pilot, how);
  noteFailure(tick, pilot, how, told);
}

/** What the launcher itself ended is no news to it, but for pilots that it gave up. */
const classesOfLeaving: Record<LeavingReason, PilotEndClass> = {
  walltime: 'planned-end',
  surplus: 'planned-end',
  deactivated: 'planned-end',
  draining: 'planned-end',
  down: 'planned-end',
  'never-registered': 'never-registered',
  'agent-lost': 'lost',
  requeued: 'preempted',
  stuck: 'never-started',
  changed: 'planned-end',
};

/** How a pilot has ended whose batch job the queue says has ended, or no longer knows. */
export function classOfBatchEnd(
  tick: Tick,
  pilot: Pilot,
  how: BatchJobEnding | 'absent',
  node?: string,
): PilotEndClass {
  if (pilot.leaving !== undefined) {
    return classesOfLeaving[pilot.leaving.why];
  }
  switch (how) {
    case 'preempted':
      return 'preempted';
    case 'node-failed':
      return 'node-failed';
    case 'cancelled':
      return 'cancelled-by-hand';
    default:
      break;
  }
  if (pilot.registeredAt !== undefined) {
    return classOfAgentEnd(tick, pilot, how);
  }
  if (how === 'completed' && lackedMaster(tick, pilot)) {
    return 'planned-end';
  }
  if (pilot.startedAt !== undefined || node !== undefined || how === 'walltime' || how === 'out-of-memory') {
    return 'never-registered';
  }
  return how === 'absent' || how === 'unknown' ? 'lost' : 'never-started';
}

function classOfAgentEnd(tick: Tick, pilot: Pilot, how: BatchJobEnding | 'absent'): PilotEndClass {
  if (how === 'walltime' || isNearEnd(tick, pilot)) {
    return 'planned-end';
  }
  if (livedMs(tick, pilot) < tick.timing.earlyDeath * 1000) {
    return 'died-early';
  }
  switch (how) {
    // Its script tells of a death of the agent by its exit code, and of everything that was meant to be by 0.
    case 'completed':
      return 'planned-end';
    case 'failed':
    case 'out-of-memory':
      return 'died-late';
    default:
      return 'lost';
  }
}

/** How a pilot has ended whose script wrote why; undefined where that alone does not say enough. */
export function classOfWrittenEnd(tick: Tick, pilot: Pilot, reason: string): PilotEndClass | undefined {
  const [word] = reason.split(' ', 1);
  if (pilot.leaving !== undefined) {
    return classesOfLeaving[pilot.leaving.why];
  }
  if (isByForeignHand(reason)) {
    return isNearEnd(tick, pilot) ? 'planned-end' : undefined;
  }
  switch (word) {
    case 'second-start':
      return 'preempted';
    case 'revoked':
      return 'planned-end';
    default:
      break;
  }
  if (pilot.registeredAt === undefined) {
    return word === 'master-lost' && lackedMaster(tick, pilot) ? 'planned-end' : 'never-registered';
  }
  if (word !== 'agent-died') {
    return 'planned-end';
  }
  return livedMs(tick, pilot) < tick.timing.earlyDeath * 1000 ? 'died-early' : 'died-late';
}

/**
 * Whether there was no master for a pilot that has started, at least for a part of its life. Where this launcher has
 * heard the master all the time, it is the pilot's node that cannot reach it.
 */
function lackedMaster(tick: Tick, { name, startedAt = tick.now }: Pilot): boolean {
  const { master } = tick.rest;
  // Its node's clock may be wrong, and it may have been seen late.
  const start = Math.min(startedAt, tick.sightOf(name).startSeenAt ?? startedAt);
  // A look or two at which it did not answer are no news: these are the launcher's own troubles as a rule.
  const isAway = master?.answers !== true && tick.now - (master?.since ?? 0) >= masterBackMs;
  return isAway || (master?.backAt ?? 0) >= start;
}

/** Whether a script's last words are of a signal that the launcher did not have sent: the queue may know who did. */
function isByForeignHand(reason: string): boolean {
  return ['stopped', 'signal', 'killed'].includes(reason.split(' ', 1)[0] ?? '');
}

/** How the queue says that a job has ended, and what it means where its script was ended by a signal before. */
export function witnessedEnd<How extends BatchJobEnding | 'absent'>(
  how: How,
  wroteEnd?: string,
): How | 'cancelled' {
  const isVague = how === 'completed' || how === 'failed' || how === 'unknown' || how === 'absent';
  return isVague && wroteEnd !== undefined && isByForeignHand(wroteEnd) ? 'cancelled' : how;
}

/** The words for an end that nobody has given words to. */
export function wordsOfEnd(how: BatchJobEnding | 'absent', exitCode?: number): string {
  const code = exitCode === undefined ? '' : ` (exit status ${exitCode})`;
  return how === 'absent'
    ? 'the queue no longer knows its batch job'
    : `the queue says of its batch job: ${how.replace('-', ' ')}${code}`;
}

/** How long its agent was with the master. */
function livedMs(tick: Tick, pilot: Pilot): number {
  return (tick.sightOf(pilot.name).awaySince ?? tick.now) - (pilot.registeredAt ?? tick.now);
}

/** Whether its walltime is, or was, all but over. */
function isNearEnd(tick: Tick, pilot: Pilot): boolean {
  const margin = pilot.shape.hardMarginSeconds;
  const last = tick.sightOf(pilot.name).awaySince ?? tick.now;
  return pilot.endsAt !== undefined && last >= pilot.endsAt - (margin + 60) * 1000;
}
