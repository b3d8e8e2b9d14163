import type { Slot, SlotNumber } from '../cluster/agent-table.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Demand } from '../cluster/demand.ts';
import type { Unavailability } from '../model/agent.ts';
import type { Shape } from './demand-classes.ts';

/** Slots that are equally good before the placement policy is asked; the higher the value, the better. */
export interface Tier {
  readonly value: number;
  readonly slots: readonly SlotNumber[];
}

/** What memory may be spent on remembering which agents a shape may use: above this, it is worked out again. */
const mostShapesRemembered = 512;

/** Whether an agent stays long enough. One whose run time is unknown may start until the agent goes. */
function staysFor(
  run: number | undefined,
  unavailability: Unavailability | undefined,
  date: number,
): boolean {
  if (!unavailability) return true;
  const { start, duration = Number.POSITIVE_INFINITY } = unavailability;
  return date >= start + duration || (date < start && date + (run ?? 0) <= start);
}

/**
 * The slots of one round: those that held something out when it began, and for each shape those of them that suit it
 * for reasons that do not change while a round lasts: role, constraints on the agent alone, and how long it stays.
 */
export class Places {
  readonly cluster: Cluster;
  /** In ascending order. */
  readonly slots: readonly SlotNumber[];
  /** The most cores and memory that are free anywhere, in thousandths, and at least 1: a measure for what is left. */
  readonly largest: { readonly cpus: number; readonly mem: number };
  /** Counts what was done, in units of about a tenth of a microsecond, so that a call can stop in time. */
  work = 0;
  readonly #date: number;
  readonly #remember: boolean;
  readonly #anyUnavailable: boolean;
  readonly #shared = new Map<string, readonly Tier[]>();

  /** `date` is milliseconds since 1970. */
  constructor(cluster: Cluster, date: number, shapes: number) {
    this.cluster = cluster;
    this.#date = date;
    this.#remember = shapes <= mostShapesRemembered;
    const slots: SlotNumber[] = [];
    const largest = { cpus: 1, mem: 1 };
    let anyUnavailable = false;
    for (const { number, agent } of cluster.table.live()) {
      slots.push(number);
      largest.cpus = Math.max(largest.cpus, cluster.table.any.cpus[number] as number);
      largest.mem = Math.max(largest.mem, cluster.table.any.mem[number] as number);
      anyUnavailable ||= agent.facts.unavailability !== undefined;
    }
    this.slots = slots;
    this.largest = largest;
    this.#anyUnavailable = anyUnavailable;
    this.work += slots.length / 4;
  }

  /** Whether a slot suits a shape at all. */
  suits({ agent, role }: Slot, shape: Shape): boolean {
    if (shape.role !== undefined && (role ?? '*') !== shape.role) return false;
    if (!staysFor(shape.runMilliseconds, agent.facts.unavailability, this.#date)) return false;
    return shape.terms === undefined || shape.terms.allowsAgent(agent, this.#remember);
  }

  /**
   * Which tier a slot is in for a shape: first comes how well preferences are kept, then that graphics processors are
   * not kept from those who ask for them.
   */
  tierOf({ agent }: Slot, shape: Shape): number {
    const preference = shape.terms?.preference(agent.facts, this.cluster.counts) ?? 0;
    return preference * 2 + (agent.gpus && shape.demand.gpus === 0 ? 0 : 1);
  }

  /** The slots that suit a shape, the best tier first. Made once for all shapes without constraints and preferences. */
  tiers(shape: Shape): readonly Tier[] {
    if (shape.terms) return this.#tiersOf(shape);
    const run = this.#anyUnavailable ? shape.runMilliseconds : undefined;
    const key = `${shape.demand.gpus > 0} ${run} ${shape.role}`;
    const found = this.#shared.get(key);
    if (found) return found;
    const tiers = this.#tiersOf(shape);
    this.#shared.set(key, tiers);
    return tiers;
  }

  /** Whether the slot may be used at this moment, as far as a demand and those who are there already go. */
  isFree(number: SlotNumber, demand: Demand): boolean {
    const { table } = this.cluster;
    return table.closed[number] === 0 && table.fits(number, demand);
  }

  #tiersOf(shape: Shape): readonly Tier[] {
    const byValue = new Map<number, SlotNumber[]>();
    for (const number of this.slots) {
      const slot = this.cluster.table.slot(number);
      if (!this.suits(slot, shape)) continue;
      const value = this.tierOf(slot, shape);
      const tier = byValue.get(value);
      if (tier) tier.push(number);
      else byValue.set(value, [number]);
    }
    this.work += this.slots.length * (shape.terms ? 1 : 0.25);
    return [...byValue].map(([value, slots]) => ({ value, slots })).sort((a, b) => b.value - a.value);
  }
}
