import type { PoolEvent } from './events.ts';
import type { Ledger, Pilot } from './ledger.ts';

/** The fewest events that make the same ledger: what a journal that has grown long is written anew from. */
export function compacted(ledger: Ledger): PoolEvent[] {
  const events: PoolEvent[] = [];
  for (const names of ledger.forgotten.values()) {
    for (const [pilot, at] of names) {
      events.push({ kind: 'forgotten', at, pilot });
    }
  }
  for (const pilot of ledger.pilots.values()) {
    events.push(...eventsOf(pilot));
  }
  for (const [pool, health] of ledger.health) {
    events.push({ kind: 'health', at: health.lastFailureAt ?? 0, pool, health });
  }
  for (const record of ledger.nodes.values()) {
    events.push({ kind: 'node', at: record.failures.at(-1) ?? 0, record });
  }
  return events;
}

function eventsOf(known: Pilot): PoolEvent[] {
  const { name: pilot, pool, system, shape, intendedAt } = known;
  const events: PoolEvent[] = [{ kind: 'intended', at: intendedAt, pilot, pool, system, shape }];
  const { id, submittedAt, startedAt, endsAt, node, host, agentId, registeredAt, leaving, ended, isGone } =
    known;
  const { stayedAt } = known;
  if (id !== undefined) {
    events.push({ kind: 'submitted', at: submittedAt ?? intendedAt, pilot, id });
  }
  if (startedAt !== undefined && endsAt !== undefined) {
    const where = { ...(node === undefined ? {} : { node }), ...(host === undefined ? {} : { host }) };
    events.push({ kind: 'started', at: startedAt, pilot, startedAt, ...where, endsAt });
  }
  if (agentId !== undefined && registeredAt !== undefined) {
    events.push({ kind: 'registered', at: registeredAt, pilot, agentId });
  }
  if (stayedAt !== undefined) {
    events.push({ kind: 'staying', at: stayedAt, pilot });
  }
  if (leaving !== undefined) {
    events.push({ kind: 'leaving', ...leaving, pilot });
  }
  if (ended !== undefined) {
    events.push({ kind: 'ended', pilot, ...ended, isGone });
  }
  return events;
}
