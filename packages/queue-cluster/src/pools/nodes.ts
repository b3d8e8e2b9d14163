import type { PilotEndClass } from './events.ts';
import { noteExplained } from './health.ts';
import { nodeKey, type Pilot } from './ledger.ts';
import type { Tick } from './tick.ts';

const hourMs = 3_600_000;
/** So many pilots that fail on one node within an hour make it bad for an hour. */
const failuresToBan = 2;
/** Where more nodes are bad at once, it is not the nodes' fault. */
const believableBadNodes = 3;
/** The same where a greater part is bad of all nodes that pilots were seen on; but for one, which may be the only one. */
const believableBadPart = 1 / 2;

/** A pilot has failed on a node. */
export function blameNode(tick: Tick, pilot: Pilot, how: PilotEndClass): void {
  if (pilot.node === undefined || (how !== 'died-early' && how !== 'never-registered')) {
    return;
  }
  const { system, node } = pilot;
  const known = tick.ledger.nodes.get(nodeKey(system, node));
  const failures = [...(known?.failures ?? []).filter((at) => tick.now - at < hourMs), tick.now];
  const isBad = failures.length >= failuresToBan;
  const wasBad = (known?.badUntil ?? 0) > tick.now;
  const { at: wantedAt } = tick.news.wanted;
  const record = { system, node, failures, wantedAt, ...(isBad ? { badUntil: tick.now + hourMs } : {}) };
  tick.note({ kind: 'node', at: tick.now, record });
  if (isBad && !wasBad && isDealtWith(tick, system)) {
    noteExplained(tick, pilot.pool);
  }
}

/** Whether leaving nodes out will help: the queue must be able to, and there must not be too many. */
function isDealtWith(tick: Tick, system: string): boolean {
  const canExclude = tick.setting.systems.find((known) => known.key === system)?.excludesNodes === true;
  return canExclude && excludedNodes(tick, system).length > 0;
}

/** The nodes of a system that are to be left out now: none where so many are bad that it cannot be their fault. */
export function excludedNodes(tick: Tick, system: string): string[] {
  const bad = badNodes(tick, system);
  const most = Math.max(1, Math.floor(knownNodes(tick, system) * believableBadPart));
  return bad.length <= Math.min(most, believableBadNodes) ? bad : [];
}

/** The nodes of a system on which pilots have failed too often. */
function badNodes(tick: Tick, system: string): string[] {
  const bad: string[] = [];
  for (const record of tick.ledger.nodes.values()) {
    if (record.system === system && (record.badUntil ?? 0) > tick.now) {
      bad.push(record.node);
    }
  }
  return bad;
}

/** On how many nodes of a system pilots were seen that are remembered. */
function knownNodes({ ledger }: Tick, system: string): number {
  const known = new Set<string>();
  for (const node of [...ledger.nodes.values(), ...ledger.pilots.values()]) {
    if (node.system === system && node.node !== undefined) {
      known.add(node.node);
    }
  }
  return known.size;
}

/** Forgets what is an hour old, and what was before people said something new: they may have mended it. */
export function pardonNodes(tick: Tick): void {
  for (const record of tick.ledger.nodes.values()) {
    const isOld =
      record.failures.every((at) => tick.now - at >= hourMs) && (record.badUntil ?? 0) <= tick.now;
    if (isOld || record.wantedAt !== tick.news.wanted.at) {
      tick.note({ kind: 'node', at: tick.now, record: { ...record, failures: [] } });
    }
  }
}
