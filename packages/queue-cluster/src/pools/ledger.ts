import {
  type LeavingReason,
  type NodeRecord,
  type PilotEndClass,
  type PoolEvent,
  type PoolHealth,
  troubleOf,
} from './events.ts';
import type { PilotShape } from './setting.ts';

/** A pilot, by what the journal says. */
export interface Pilot {
  readonly name: string;
  readonly pool: string;
  readonly system: string;
  readonly shape: PilotShape;
  readonly intendedAt: number;
  /** Absent until the queue has answered, or has been seen to have the batch job. */
  readonly id?: string;
  readonly submittedAt?: number;
  readonly startedAt?: number;
  /** By the queue's name. */
  readonly node?: string;
  /** By its own name, which need not be the queue's. */
  readonly host?: string;
  /** When its allocation ends, in milliseconds since 1970. */
  readonly endsAt?: number;
  readonly agentId?: string;
  readonly registeredAt?: number;
  readonly leaving?: { readonly why: LeavingReason; readonly at: number };
  /** When it was taken back, the last time that it was on its way out. */
  readonly stayedAt?: number;
  readonly ended?: PilotEnd;
  /** Whether its batch job is known to have left the queue. */
  readonly isGone: boolean;
}

/** The end of a pilot. */
export interface PilotEnd {
  readonly class: PilotEndClass;
  readonly at: number;
  readonly text: string;
  readonly advice?: string;
}

/** All that the journal says. */
export interface Ledger {
  readonly pilots: ReadonlyMap<string, Pilot>;
  /** Of pools that something has gone wrong with. */
  readonly health: ReadonlyMap<string, PoolHealth>;
  /** By `nodeKey`. */
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  /**
   * Pilots that were forgotten within a day, and when, by the hour: should one come back, it is known to be one of ours.
   */
  readonly forgotten: Forgotten;
}

/** A pool that nothing has gone wrong with. */
export const goodHealth: PoolHealth = { refusals: 0, failures: 0 };

/** By hours since 1970: there may be thousands, of which one hour's are copied when they change. */
export type Forgotten = ReadonlyMap<number, ReadonlyMap<string, number>>;

const hourMs = 3_600_000;
/** How many hours a forgotten pilot is known to have been one of ours. */
const memoryHours = 24;

/** Whether a name is that of a pilot of ours that was forgotten not long ago. */
export function wasForgotten({ forgotten }: Ledger, name: string): boolean {
  return forgotten.values().some((names) => names.has(name));
}

/** A ledger that takes in events. What it began with stays as it is: a map is copied when it first changes. */
export class LedgerDraft implements Ledger {
  pilots: ReadonlyMap<string, Pilot>;
  health: ReadonlyMap<string, PoolHealth>;
  nodes: ReadonlyMap<string, NodeRecord>;
  forgotten: Forgotten;
  readonly #owned = new Set<unknown>();

  constructor(from?: Ledger) {
    this.pilots = from?.pilots ?? new Map();
    this.health = from?.health ?? new Map();
    this.nodes = from?.nodes ?? new Map();
    this.forgotten = from?.forgotten ?? new Map();
  }

  /** Repeats what the event says and judges nothing: judging was done before. */
  apply(event: PoolEvent): void {
    switch (event.kind) {
      case 'health':
        this.health = this.#own(this.health).set(event.pool, event.health);
        return;
      case 'node':
        this.#applyNode(event.record);
        return;
      case 'intended': {
        const { pilot: name, at, pool, system, shape } = event;
        const pilot = { name, pool, system, shape, intendedAt: at, isGone: false };
        this.pilots = this.#own(this.pilots).set(name, pilot);
        return;
      }
      case 'forgotten':
        this.#forget(event.pilot, event.at);
        return;
      default: {
        const pilot = this.pilots.get(event.pilot);
        if (pilot !== undefined) {
          this.pilots = this.#own(this.pilots).set(event.pilot, changed(pilot, event));
        }
      }
    }
  }

  #applyNode(record: NodeRecord): void {
    const nodes = this.#own(this.nodes);
    const key = nodeKey(record.system, record.node);
    if (record.failures.length === 0) {
      nodes.delete(key);
    } else {
      nodes.set(key, record);
    }
    this.nodes = nodes;
  }

  #forget(name: string, at: number): void {
    const pilots = this.#own(this.pilots);
    pilots.delete(name);
    this.pilots = pilots;
    const forgotten = this.#own(this.forgotten);
    const hour = Math.floor(at / hourMs);
    const names = this.#own(forgotten.get(hour) ?? new Map<string, number>());
    this.forgotten = forgotten.set(hour, names.set(name, at));
    for (const old of forgotten.keys()) {
      if (hour - old > memoryHours) {
        forgotten.delete(old);
      }
    }
  }

  #own<Key, Value>(map: ReadonlyMap<Key, Value>): Map<Key, Value> {
    if (map instanceof Map && this.#owned.has(map)) {
      return map;
    }
    const copy = new Map(map);
    this.#owned.add(copy);
    return copy;
  }
}

/** The ledger that a journal makes; lines about pilots that it does not know change nothing. */
export function foldEvents(events: Iterable<PoolEvent>, from?: Ledger): Ledger {
  const draft = new LedgerDraft(from);
  for (const event of events) {
    draft.apply(event);
  }
  const { pilots, health, nodes, forgotten } = draft;
  return { pilots, health, nodes, forgotten };
}

type PilotEvent = Exclude<PoolEvent, { kind: 'health' | 'node' | 'intended' | 'forgotten' }>;

function changed(pilot: Pilot, event: PilotEvent): Pilot {
  if (event.kind === 'staying') {
    const { leaving: _leaving, ...rest } = pilot;
    return { ...rest, stayedAt: event.at };
  }
  return { ...pilot, ...changesOf(event) };
}

function changesOf(event: Exclude<PilotEvent, { kind: 'staying' }>): Partial<Pilot> {
  switch (event.kind) {
    case 'submitted':
      return { id: event.id, submittedAt: event.at };
    case 'started': {
      const { startedAt, endsAt, node, host } = event;
      return {
        startedAt,
        endsAt,
        ...(node === undefined ? {} : { node }),
        ...(host === undefined ? {} : { host }),
      };
    }
    case 'registered':
      return { agentId: event.agentId, registeredAt: event.at };
    case 'leaving':
      return { leaving: { why: event.why, at: event.at } };
    case 'refused':
      return { ended: { class: 'refused', at: event.at, ...troubleOf(event.problem) }, isGone: true };
    case 'ended':
      return { ended: { class: event.class, at: event.at, ...troubleOf(event) }, isGone: event.isGone };
    case 'gone':
      return { isGone: true };
  }
}

/** Nodes of two systems may have one name. */
export function nodeKey(system: string, node: string): string {
  return `${system}\n${node}`;
}
