import type { BatchJobReport, BatchJobState } from '../dialects/dialect.ts';
import { classOfBatchEnd, endPilot, witnessedEnd, wordsOfEnd } from './endings.ts';
import type { LeavingReason } from './events.ts';
import { noteStarted } from './hear-pilots.ts';
import { type Pilot, wasForgotten } from './ledger.ts';
import type { PilotSight } from './sight.ts';
import type { Tick } from './tick.ts';

/** An unclear submit may still be on its way through a busy queue: its absence must last so many times as long. */
const unclearFactor = 3;
/** An answer about a start may be older than the answer that told of it; one that was asked for later is not. */
const startMarginMs = 5_000;
/** How long a pilot may take to stop, when the queue has left it out already. */
const stoppedMs = 60_000;
/** How long the queue's accounts are waited for. */
const accountsMs = 60_000;

/** Takes in the answers of the queueing systems. */
export function hearStatuses(tick: Tick): void {
  for (const { system, askedAt, outcome } of tick.news.statuses) {
    if (outcome.kind === 'no-news') {
      tick.seeSystem(system, { isAsked: false, trouble: outcome.text });
    } else {
      hearStatus(tick, system, askedAt, outcome.batchJobs);
    }
  }
}

function hearStatus(tick: Tick, system: string, askedAt: number, reports: readonly BatchJobReport[]): void {
  const index = indexReports(reports);
  for (const pilot of tick.ledger.pilots.values()) {
    if (pilot.system === system && !pilot.isGone) {
      const report = index.of(pilot);
      if (report === undefined) {
        hearAbsence(tick, pilot, askedAt);
      } else {
        hearPresence(tick, pilot, report, askedAt);
      }
    }
  }
  const strangers = hearOthers(tick, system, reports);
  tick.seeSystem(system, { isAsked: false, trouble: undefined, knownAt: askedAt, strangers });
}

/** Batch jobs that no pilot in the ledger answers for. */
function hearOthers(tick: Tick, system: string, reports: readonly BatchJobReport[]): string[] {
  const strangers: string[] = [];
  for (const { id, name, state } of reports) {
    if (name === undefined || state.kind === 'ended') {
      continue;
    }
    const pilot = tick.ledger.pilots.get(name);
    if (pilot === undefined ? wasForgotten(tick.ledger, name) : pilot.isGone) {
      tick.returned.push({ system, id });
    } else if (pilot === undefined) {
      strangers.push(name);
    }
  }
  return strangers;
}

function indexReports(reports: readonly BatchJobReport[]): { of(pilot: Pilot): BatchJobReport | undefined } {
  const byName = new Map<string, BatchJobReport>();
  const byId = new Map<string, BatchJobReport>();
  for (const report of reports) {
    if (report.name === undefined) {
      byId.set(report.id, report);
    } else {
      byName.set(report.name, report);
    }
  }
  // Names are unique for ever; ids begin again at 1 some day, in some queues.
  return { of: ({ name, id }) => byName.get(name) ?? (id === undefined ? undefined : byId.get(id)) };
}

function hearPresence(tick: Tick, pilot: Pilot, report: BatchJobReport, askedAt: number): void {
  const { name } = pilot;
  if (pilot.id === undefined) {
    tick.note({ kind: 'submitted', at: tick.now, pilot: name, id: report.id });
    tick.see(name, { isSubmitting: undefined });
  }
  const { state } = report;
  if (pilot.ended !== undefined) {
    if (state.kind === 'ended') {
      tick.note({ kind: 'gone', at: tick.now, pilot: name });
    } else {
      tick.see(name, { presentAt: askedAt, absentSince: undefined });
    }
    return;
  }
  if (tick.sightOf(name).absentSince !== undefined) {
    tick.see(name, { absentSince: undefined });
  }
  hearState(tick, pilot, state, askedAt);
}

function hearState(tick: Tick, pilot: Pilot, state: BatchJobState, askedAt: number): void {
  switch (state.kind) {
    case 'running':
      hearRunning(tick, pilot, state);
      return;
    case 'waiting':
    case 'held':
      hearWaiting(tick, pilot, state, askedAt);
      return;
    case 'ended':
      hearEnded(tick, pilot, state);
      return;
    case 'unknown':
  }
}

function hearRunning(tick: Tick, pilot: Pilot, state: BatchJobState & { kind: 'running' }): void {
  noteStarted(tick, pilot, state);
  const isSuspended = state.isSuspended === true ? true : undefined;
  if (tick.sightOf(pilot.name).isSuspended !== isSuspended) {
    tick.see(pilot.name, { isSuspended });
  }
}

type Waiting = BatchJobState & { kind: 'waiting' | 'held' };

function hearWaiting(tick: Tick, pilot: Pilot, state: Waiting, askedAt: number): void {
  if (pilot.startedAt !== undefined) {
    hearWaitingAgain(tick, pilot, state, askedAt);
    return;
  }
  const before = tick.sightOf(pilot.name).waiting;
  const isHopeless = state.kind === 'waiting' && state.isHopeless === true;
  const { kind, reason, advice } = state;
  const stuckSince = isHopeless || kind === 'held' ? (before?.stuckSince ?? tick.now) : undefined;
  const isSame = before?.kind === kind && before.reason === reason && before.stuckSince === stuckSince;
  if (!isSame) {
    tick.see(pilot.name, { waiting: { kind, reason, advice, isHopeless, stuckSince } });
  }
}

/** It ran and waits again: requeued, or held after its walltime. It is not to start a second time. */
function hearWaitingAgain(tick: Tick, pilot: Pilot, state: Waiting, askedAt: number): void {
  const startSeenAt = tick.sightOf(pilot.name).startSeenAt ?? pilot.startedAt ?? tick.now;
  if (askedAt < startSeenAt + startMarginMs) {
    return;
  }
  const what = state.kind === 'held' ? 'held after it had started' : 'put back into the queue';
  const text = state.reason === undefined ? what : `${what}: ${state.reason}`;
  const isOver = tick.now >= (pilot.endsAt ?? Number.POSITIVE_INFINITY) - startMarginMs;
  leaveAs(tick, pilot, isOver ? 'walltime' : 'requeued');
  const left = tick.ledger.pilots.get(pilot.name) ?? pilot;
  endPilot(tick, left, classOfBatchEnd(tick, left, 'unknown'), { text }, false);
}

function leaveAs(tick: Tick, pilot: Pilot, why: LeavingReason): void {
  if (pilot.leaving === undefined) {
    tick.note({ kind: 'leaving', at: tick.now, pilot: pilot.name, why });
  }
}

function hearEnded(tick: Tick, pilot: Pilot, state: BatchJobState & { kind: 'ended' }): void {
  if (state.node !== undefined && pilot.node === undefined) {
    noteStarted(tick, pilot, { node: state.node });
  }
  const known = tick.ledger.pilots.get(pilot.name) ?? pilot;
  const { wroteEnd } = tick.sightOf(pilot.name);
  const how = classOfBatchEnd(tick, known, witnessedEnd(state.how, wroteEnd), state.node);
  const text = state.reason ?? wordsOfEnd(state.how, state.exitCode);
  endPilot(tick, known, how, { text, ...(state.advice === undefined ? {} : { advice: state.advice }) }, true);
}

/** The queue has left a pilot out of a complete answer. */
function hearAbsence(tick: Tick, pilot: Pilot, askedAt: number): void {
  const sight = tick.sightOf(pilot.name);
  const since = Math.max(
    pilot.submittedAt ?? pilot.intendedAt,
    sight.unclearSince ?? 0,
    pilot.ended?.at ?? 0,
  );
  // What is noted for a time that is to come was so before the clock was set back.
  const isEarlier = askedAt < since && since <= tick.now;
  if (sight.isSubmitting === true || isEarlier) {
    return;
  }
  const absentSince = Math.min(sight.absentSince ?? askedAt, askedAt);
  tick.see(pilot.name, { absentSince });
  if (!hasWitness(sight, askedAt) && askedAt - absentSince < neededMs(tick, pilot)) {
    return;
  }
  if (pilot.ended !== undefined) {
    tick.note({ kind: 'gone', at: tick.now, pilot: pilot.name });
  } else if (sight.agent === undefined || isStopped(sight, askedAt)) {
    hearGone(tick, pilot);
  }
}

/**
 * What the master is connected to is not gone, whatever the queue leaves out; but where it was to stop long ago, the
 * queue is right, and the agent is one that has outlived its batch job.
 */
function isStopped({ stopAskedAt }: PilotSight, askedAt: number): boolean {
  return stopAskedAt !== undefined && askedAt - stopAskedAt >= stoppedMs;
}

/** Its script wrote of its end, or it was told to go: then the queue need not say twice that it is gone. */
function hasWitness({ wroteEnd, stopAskedAt, cancelAskedAt }: PilotSight, askedAt: number): boolean {
  const toldAt = cancelAskedAt ?? stopAskedAt;
  return wroteEnd !== undefined || (toldAt !== undefined && askedAt > toldAt);
}

function neededMs(tick: Tick, pilot: Pilot): number {
  const needed = tick.timing.absence * 1000;
  return pilot.id === undefined ? unclearFactor * needed : needed;
}

function hearGone(tick: Tick, pilot: Pilot): void {
  if (pilot.id === undefined) {
    const text = 'it is not known whether it was submitted, and the queue does not know it';
    endPilot(tick, pilot, pilot.leaving === undefined ? 'never-submitted' : 'planned-end', { text }, true);
    return;
  }
  const { endingAskedAt, wroteEnd } = tick.sightOf(pilot.name);
  const keepsAccounts =
    tick.setting.systems.find((known) => known.key === pilot.system)?.keepsAccounts === true;
  if (keepsAccounts && pilot.leaving === undefined && endingAskedAt === undefined) {
    tick.askEnding(pilot);
  } else if (endingAskedAt === undefined || tick.now - endingAskedAt >= accountsMs) {
    const text = wroteEnd === undefined ? wordsOfEnd('absent') : `its script ended: ${wroteEnd}`;
    const how = classOfBatchEnd(tick, pilot, witnessedEnd('absent', wroteEnd));
    endPilot(tick, pilot, how, { text }, true);
  }
}

/** Takes in how jobs have ended that the status had left out. */
export function hearEndings(tick: Tick): void {
  for (const { system, outcome } of tick.news.endings) {
    if (outcome.kind === 'no-news') {
      continue;
    }
    const index = indexReports(outcome.batchJobs);
    for (const pilot of tick.ledger.pilots.values()) {
      const report = pilot.system === system && pilot.ended === undefined ? index.of(pilot) : undefined;
      if (report?.state.kind === 'ended' && tick.sightOf(pilot.name).endingAskedAt !== undefined) {
        hearEnded(tick, pilot, report.state);
      }
    }
  }
}
