import type { AgentId } from '../model/agent.ts';

/** For how long offers are refused, in seconds. */
export interface RefusalOptions {
  /** Mesos's own default: the first offer of an agent that is of no use may well be followed by a better one. */
  readonly shortest: number;
  /** Long enough to cost nothing, and short enough that a missed change of demand is made good. */
  readonly longest: number;
}

/** What is used where nothing else is given. */
export const defaultRefusals: RefusalOptions = { shortest: 5, longest: 300 };

/**
 * For how long the offers of each agent are refused: longer each time that one is of no use to the same demand, so
 * that a cluster without room for what waits is not asked again and again.
 */
export class Refusals {
  readonly #options: RefusalOptions;
  readonly #last = new Map<AgentId, number>();

  constructor(options: RefusalOptions = defaultRefusals) {
    this.#options = options;
  }

  /** Seconds for which an offer of the agent is refused that was of no use; doubled for the next. */
  refuse(agentId: AgentId): number {
    const { shortest, longest } = this.#options;
    const last = this.#last.get(agentId);
    const seconds = last === undefined ? shortest : Math.min(last * 2, longest);
    this.#last.set(agentId, seconds);
    return seconds;
  }

  /** Seconds for which an offer is refused while nothing waits: whatever comes later revives. */
  get whileIdle(): number {
    return this.#options.longest;
  }

  /** An offer of the agent was of use, or the agent is lost: its next is new. */
  forget(agentId: AgentId): void {
    this.#last.delete(agentId);
  }

  /** Something else waits now, or what it asks of others has come true: offers that were of no use may be. */
  demandChanged(): void {
    this.#last.clear();
  }
}
