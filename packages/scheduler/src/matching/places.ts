import type { Cluster } from '../cluster/cluster.ts';
import { departure } from '../cluster/departure.ts';
import { type Slot, type SlotNumber, slotStates } from '../cluster/slot.ts';
import { amountsOf } from '../fairness/amounts.ts';
import type { KeeperId, KeptAgents } from '../fairness/kept-agents.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { AgentFilter } from './agent-filter.ts';
import type { Shape } from './demand-classes.ts';
import { lifeClass, lifeClasses, lifeRank } from './life-classes.ts';

/** Slots that are equally good before the placement policy is asked; the higher the value, the better. */
export interface Tier {
  readonly value: number;
  readonly slots: Int32Array;
}

/** The moment of a round: `now` on a clock that never jumps, `date` since 1970, both in milliseconds. */
export interface Moment {
  readonly now: number;
  readonly date: number;
}

/** Agents' lives count only where all else is equal: less than the weight of any preference makes a difference. */
const weightOfLife = 2 ** -20;

/** To check an agent by its facts, in the unit of `Places.work`. */
const workPerCheck = 0.5;

/**
 * The slots of one round: those that held something out when it began, and for each shape those of them that suit it
 * for reasons that do not change while a round lasts: role, constraints on the agent alone, and how long it stays.
 */
export class Places {
  readonly cluster: Cluster;
  /** In ascending order. */
  readonly slots: Int32Array;
  /** The most cores and memory that are free anywhere, in thousandths, and at least 1: a measure for what is left. */
  readonly largest: { readonly cpus: number; readonly mem: number };
  /** Counts what was done, in units of about a tenth of a microsecond, so that a call can stop in time. */
  work = 0;
  /** Whether any agent has graphics processors. */
  readonly anyGpus: boolean;
  /** Whoever looks for a place: what is kept for it is free. */
  keeper: KeeperId | undefined;
  readonly #kept: KeptAgents;
  readonly #moment: Moment;
  /** Milliseconds; see the policy. */
  readonly #lastStretch: number;
  /** Whether any agent is to be gone some day. */
  readonly #anyDeparting: boolean;
  /** The slots by what their agents have left, while any has an end. */
  readonly #byLife: readonly Int32Array[] | undefined;
  readonly #shared = new Map<string, readonly Tier[]>();
  readonly #narrow = new Map<AgentFilter, Int32Array | undefined>();

  constructor(cluster: Cluster, kept: KeptAgents, moment: Moment, lastStretchSeconds: number) {
    this.cluster = cluster;
    this.#kept = kept;
    this.#moment = moment;
    this.#lastStretch = lastStretchSeconds * 1000;
    const slots: SlotNumber[] = [];
    const largest = { cpus: 1, mem: 1 };
    let anyUnavailable = false;
    let anyEnds = false;
    let anyGpus = false;
    for (const { number, agent } of cluster.table.live()) {
      slots.push(number);
      largest.cpus = Math.max(largest.cpus, cluster.table.any.cpus[number] as number);
      largest.mem = Math.max(largest.mem, cluster.table.any.mem[number] as number);
      anyGpus ||= agent.gpus;
      anyUnavailable ||= agent.facts.unavailability !== undefined;
      anyEnds ||= agent.facts.plannedEnd !== undefined;
    }
    this.slots = Int32Array.from(slots);
    this.largest = largest;
    this.anyGpus = anyGpus;
    this.#anyDeparting = anyUnavailable || anyEnds;
    this.#byLife = anyEnds ? this.#groupByLife() : undefined;
    this.work += slots.length / 4;
  }

  /**
   * The slots of the agents that a shape may use, in ascending order, if its constraints allow but few: whoever looks
   * for a place looks at these only.
   */
  narrow(shape: Shape): Int32Array | undefined {
    const filter = shape.terms?.filter;
    if (!filter) return undefined;
    if (this.#narrow.has(filter)) return this.#narrow.get(filter);
    const slots = this.#slotsOf(filter);
    this.#narrow.set(filter, slots);
    return slots;
  }

  /** Whether a slot suits a shape at all. */
  suits({ agent, role }: Slot, shape: Shape): boolean {
    if (shape.role !== undefined && (role ?? '*') !== shape.role) return false;
    if (this.#anyDeparting && this.#departs(agent.facts, shape)) return false;
    return shape.terms?.filter?.allows(agent) ?? true;
  }

  /**
   * Which tier a slot is in for a shape: first comes how well preferences are kept, then that graphics processors are
   * not kept from those who ask for them, then how well what its agent has left suits what the task is known to need.
   */
  tierOf({ agent }: Slot, shape: Shape): number {
    const preference = shape.terms?.preference(agent.facts, this.cluster.counts) ?? 0;
    const tier = preference * 2 + (agent.gpus && shape.demand.gpus === 0 ? 0 : 1);
    if (!this.#byLife) return tier;
    const life = lifeClass(agent.facts, this.#moment.date);
    return tier + lifeRank(shape.runMilliseconds, life) * weightOfLife;
  }

  /** The slots that suit a shape, the best tier first. Made once for all shapes without constraints and preferences. */
  tiers(shape: Shape): readonly Tier[] {
    if (shape.terms) return this.#tiersOf(shape);
    const run = this.#anyDeparting ? shape.runMilliseconds : undefined;
    const key = `${shape.demand.gpus > 0} ${run} ${shape.role}`;
    const found = this.#shared.get(key);
    if (found) return found;
    const tiers = this.#tiersOf(shape);
    this.#shared.set(key, tiers);
    return tiers;
  }

  /** Whether the slot has room for a shape at this moment, and nobody has or keeps it for himself. */
  isFree(number: SlotNumber, shape: Shape): boolean {
    const { table } = this.cluster;
    return (
      table.fits(number, shape.demand) &&
      (table.states[number] === slotStates.open || this.mayUse(number, shape))
    );
  }

  /** Whether a slot that is not open may be used all the same. */
  mayUse(number: SlotNumber, shape: Shape): boolean {
    const { table } = this.cluster;
    if (table.states[number] !== slotStates.kept) return table.states[number] === slotStates.open;
    const { id } = table.slot(number).agent.facts;
    return this.#kept.mayUse(id, amountsOf(shape.demand.resources), this.expectedEnd(shape), this.keeper);
  }

  /** Notes that a slot is used, so that no more of a kept agent is used than it allows. */
  use({ agent }: Slot, shape: Shape): void {
    if (!agent.kept) return;
    this.#kept.used(agent.facts.id, amountsOf(shape.demand.resources), this.expectedEnd(shape), this.keeper);
  }

  /**
   * The slots by the class of what their agents have left, see `lifeClass`; undefined while none of them has an end, and
   * they are all alike.
   */
  get byLife(): readonly Int32Array[] | undefined {
    return this.#byLife;
  }

  /** How long an agent must stay, in milliseconds, for a task of which nobody knows how long it runs. */
  get needOfUnknown(): number {
    return this.#byLife ? this.#lastStretch : 0;
  }

  /** When a task that is placed now will have ended, on the clock of `now`; undefined: nobody knows. */
  expectedEnd({ runMilliseconds }: Shape): number | undefined {
    return runMilliseconds === undefined ? undefined : this.#moment.now + runMilliseconds;
  }

  #departs(agent: AgentFacts, { runMilliseconds }: Shape): boolean {
    const need = { run: runMilliseconds, lastStretch: this.#lastStretch };
    return departure(need, agent, this.#moment.date) !== undefined;
  }

  #groupByLife(): Int32Array[] {
    const groups = Array.from({ length: lifeClasses }, (): SlotNumber[] => []);
    for (const number of this.slots) {
      const { facts } = this.cluster.table.slot(number).agent;
      groups[lifeClass(facts, this.#moment.date)]?.push(number);
    }
    this.work += this.slots.length / 4;
    return groups.map((slots) => Int32Array.from(slots));
  }

  #slotsOf(filter: AgentFilter): Int32Array | undefined {
    const { agents, table } = this.cluster;
    const slots: SlotNumber[] = [];
    if (!filter.isUpToDate(agents)) this.work += agents.size * workPerCheck;
    const narrow = filter.narrow(agents);
    if (!narrow) return undefined;
    for (const agent of narrow) {
      for (const { number, offers } of table.slotsOf(agent)) if (offers.length > 0) slots.push(number);
    }
    this.work += narrow.size;
    return Int32Array.from(slots).sort();
  }

  #tiersOf(shape: Shape): readonly Tier[] {
    const byValue = new Map<number, SlotNumber[]>();
    const slots = this.narrow(shape) ?? this.slots;
    for (const number of slots) {
      const slot = this.cluster.table.find(number);
      // It may be gone since the round began.
      if (!slot || !this.suits(slot, shape)) continue;
      const value = this.tierOf(slot, shape);
      const tier = byValue.get(value);
      if (tier) tier.push(number);
      else byValue.set(value, [number]);
    }
    this.work += slots.length * (shape.terms ? 1 : 0.25);
    return [...byValue]
      .map(([value, slots]) => ({ value, slots: Int32Array.from(slots) }))
      .sort((a, b) => b.value - a.value);
  }
}
