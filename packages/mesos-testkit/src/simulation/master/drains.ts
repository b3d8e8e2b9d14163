import type { AgentBook } from './agent-book.ts';
import type { AgentEntry } from './agent-entry.ts';
import type { MasterState } from './master-state.ts';

/** Agents that operators empty or put aside. */
export class Drains {
  readonly #state: MasterState;
  readonly #agents: AgentBook;

  constructor(state: MasterState, agents: AgentBook) {
    this.#state = state;
    this.#agents = agents;
  }

  /** Ends all tasks of an agent, and offers nothing of it any more. */
  drain(agentId: string, { graceSeconds, marksGone }: { graceSeconds?: number; marksGone: boolean }): void {
    const entry = this.#deactivated(agentId);
    if (!entry) return;
    entry.drain = { marksGone };
    this.#state.toAgent(entry, 'DRAIN', '', '', () => entry.agent.drain(graceSeconds));
    this.check(entry);
  }

  /** Offers nothing of an agent any more; what runs there goes on. */
  deactivate(agentId: string): void {
    this.#deactivated(agentId);
  }

  reactivate(agentId: string): void {
    const entry = this.#state.entries.get(agentId);
    if (!entry) return;
    entry.isDeactivated = false;
    entry.drain = undefined;
    this.#state.allocator.consider(entry);
  }

  /** Drained is who has no task left, acknowledgements included. */
  check(entry: AgentEntry): void {
    if (entry.drain?.marksGone && entry.tasks.size === 0)
      this.#state.after(0, () => this.#agents.markGone(entry.id));
  }

  #deactivated(agentId: string): AgentEntry | undefined {
    const entry = this.#state.entries.get(agentId);
    if (!entry) return undefined;
    entry.isDeactivated = true;
    this.#state.rescindOffers(entry);
    return entry;
  }
}
