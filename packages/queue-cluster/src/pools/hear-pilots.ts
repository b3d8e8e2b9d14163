import { classOfWrittenEnd, endPilot } from './endings.ts';
import { noteAccepted, noteRefusal } from './health.ts';
import type { Pilot } from './ledger.ts';
import type { PilotFacts, SubmitNews } from './news.ts';
import { noteUnstuck } from './stuck.ts';
import type { Tick } from './tick.ts';

/** Differences of an end that are not worth a line in the journal. */
const sameEndMs = 60_000;

/** Takes in what came of submits. */
export function hearSubmits(tick: Tick): void {
  for (const { pilot: name, outcome } of tick.news.submits) {
    const pilot = tick.ledger.pilots.get(name);
    if (pilot === undefined || pilot.id !== undefined) {
      continue;
    }
    // A pilot whose answer is unclear is looked for by its name, as one of a launcher that died is.
    tick.see(name, { isSubmitting: undefined, absentSince: undefined });
    if (pilot.ended === undefined) {
      hearSubmit(tick, pilot, outcome);
    } else if (outcome.kind === 'accepted') {
      tick.note({ kind: 'submitted', at: tick.now, pilot: name, id: outcome.id });
    }
  }
}

function hearSubmit(tick: Tick, pilot: Pilot, outcome: SubmitNews['outcome']): void {
  const { name } = pilot;
  switch (outcome.kind) {
    case 'accepted':
      tick.note({ kind: 'submitted', at: tick.now, pilot: name, id: outcome.id });
      noteAccepted(tick, pilot);
      return;
    case 'refused':
      if (pilot.leaving !== undefined) {
        // Nobody wants it any more, and the next one shows whether the queue takes any.
        endPilot(tick, pilot, 'planned-end', { text: outcome.problem.text }, true);
        return;
      }
      tick.note({ kind: 'refused', at: tick.now, pilot: name, problem: outcome.problem });
      noteRefusal(tick, pilot, outcome.problem);
      return;
    case 'unclear':
      tick.see(name, { unclearSince: tick.now });
  }
}

/** Takes in what pilots have written about themselves. */
export function hearFacts(tick: Tick): void {
  for (const facts of tick.news.facts) {
    const pilot = tick.ledger.pilots.get(facts.pilot);
    if (pilot !== undefined && pilot.ended === undefined) {
      if (facts.startedAt !== undefined) {
        noteStarted(tick, pilot, { startedAt: facts.startedAt, host: facts.host, endsAt: facts.endsAt });
      }
      hearWrittenEnd(tick, facts);
    }
  }
}

/** Takes in whose orders could not be written. */
export function hearFailedOrders(tick: Tick): void {
  for (const name of tick.news.failedOrders) {
    if (tick.ledger.pilots.has(name)) {
      tick.see(name, { orderFailedAt: tick.now });
    }
  }
}

function hearWrittenEnd(tick: Tick, { pilot: name, ended }: PilotFacts): void {
  const pilot = tick.ledger.pilots.get(name);
  if (pilot === undefined || ended === undefined) {
    return;
  }
  tick.see(name, { wroteEnd: ended });
  const how = classOfWrittenEnd(tick, pilot, ended);
  if (how !== undefined) {
    endPilot(tick, pilot, how, { text: `its script ended: ${ended}` }, false);
  }
}

/** What somebody says of where and how long a pilot runs. */
export interface StartNews {
  readonly startedAt?: number | undefined;
  /** By the queue's name. */
  readonly node?: string | undefined;
  /** By its own name, which need not be the queue's. */
  readonly host?: string | undefined;
  readonly endsAt?: number | undefined;
}

/** A pilot runs: notes what was not known of that. */
export function noteStarted(tick: Tick, pilot: Pilot, news: StartNews): void {
  const walltimeMs = pilot.shape.walltimeSeconds * 1000;
  const startedAt = pilot.startedAt ?? news.startedAt ?? tick.now;
  const { node = pilot.node, host = pilot.host } = news;
  // Of several opinions about its end the soonest is taken: it is safe, and it stays.
  const known = [news.endsAt, pilot.endsAt].filter((end) => end !== undefined);
  const endsAt = known.length === 0 ? startedAt + walltimeMs : Math.min(...known);
  const isNew = pilot.startedAt === undefined || Math.abs(endsAt - (pilot.endsAt ?? 0)) > sameEndMs;
  if (isNew || node !== pilot.node || host !== pilot.host) {
    const where = { ...(node === undefined ? {} : { node }), ...(host === undefined ? {} : { host }) };
    tick.note({ kind: 'started', at: tick.now, pilot: pilot.name, startedAt, ...where, endsAt });
  }
  if (pilot.startedAt === undefined) {
    tick.see(pilot.name, { waiting: undefined, startSeenAt: tick.now });
    noteQueueWait(tick, pilot, startedAt);
    noteUnstuck(tick, pilot.pool);
  }
}

/** New pilots wait about as long as the last ones did; each counts a third. */
function noteQueueWait(tick: Tick, pilot: Pilot, startedAt: number): void {
  const wait = Math.max(0, startedAt - (pilot.submittedAt ?? pilot.intendedAt));
  const before = tick.poolSight(pilot.pool).queueWait ?? wait;
  tick.seePool(pilot.pool, { queueWait: before + (wait - before) / 3 });
}
