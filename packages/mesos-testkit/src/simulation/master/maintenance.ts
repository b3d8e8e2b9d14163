import type { Unavailability } from '../vocabulary.ts';
import type { AgentEntry } from './agent-entry.ts';
import type { Framework } from './framework.ts';
import type { MasterState } from './master-state.ts';

/** How long a declined inverse offer is not made again, in milliseconds: Mesos's default for filters. */
const inverseFilter = 5000;

/** Agents that are to be away, and what is asked of frameworks because of it. */
export class Maintenance {
  readonly #state: MasterState;

  constructor(state: MasterState) {
    this.#state = state;
  }

  /** The agents that are on the schedule. */
  get scheduled(): readonly string[] {
    return [...this.#state.parts.registry.unavailability.keys()];
  }

  /** Puts agents on the maintenance schedule, or takes them off it. */
  schedule(agentIds: readonly string[], unavailability: Unavailability | undefined): void {
    const { registry } = this.#state.parts;
    for (const agentId of agentIds) {
      if (unavailability) registry.unavailability.set(agentId, unavailability);
      else registry.unavailability.delete(agentId);
      const entry = this.#state.entries.get(agentId);
      if (!entry) continue;
      entry.announce(unavailability);
      this.#state.rescindOffers(entry);
      this.#withdraw(agentId);
    }
    this.#state.after(0, () => this.#state.allocator.allocate());
  }

  /** Asks every framework that has something on agents that will be away, unless it was asked. */
  askAll(): void {
    const { registry, time } = this.#state.parts;
    for (const [agentId, unavailability] of registry.unavailability) {
      const entry = this.#state.entries.get(agentId);
      for (const framework of entry ? this.#usersOf(entry) : []) {
        const isFiltered = (framework.inverseFilters.get(agentId) ?? 0) > time.now;
        if (isFiltered || framework.inverseOffers.has(agentId) || !framework.isConnected) continue;
        const id = this.#state.offers.nextId();
        framework.inverseOffers.set(agentId, id);
        framework.tell({ type: 'INVERSE_OFFERS', offers: [{ id, agentId, unavailability }] });
      }
    }
  }

  answer(framework: Framework, offerIds: readonly string[], isAccepted: boolean): void {
    for (const [agentId, id] of framework.inverseOffers) {
      if (!offerIds.includes(id)) continue;
      framework.inverseOffers.delete(agentId);
      const pause = isAccepted ? Number.POSITIVE_INFINITY : inverseFilter;
      framework.inverseFilters.set(agentId, this.#state.parts.time.now + pause);
    }
  }

  #usersOf(entry: AgentEntry): ReadonlySet<Framework> {
    return new Set([...entry.tasks].map(({ framework }) => framework));
  }

  #withdraw(agentId: string): void {
    for (const framework of this.#state.frameworks.values()) {
      framework.inverseFilters.delete(agentId);
      const offerId = framework.inverseOffers.get(agentId);
      framework.inverseOffers.delete(agentId);
      if (offerId !== undefined) framework.tell({ type: 'RESCIND_INVERSE_OFFER', offerId });
    }
  }
}
