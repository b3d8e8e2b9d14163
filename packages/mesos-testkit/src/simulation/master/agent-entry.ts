import type { AgentFacts, Unavailability } from '@galaxy-mesos/scheduler';
import type { SimulatedAgent } from '../agent/simulated-agent.ts';
import type { Bag } from '../resources/bag.ts';
import type { SimulatedOffer } from '../vocabulary.ts';
import type { MasterTask } from './framework.ts';

/** What a master knows of an agent that has registered with it. */
export class AgentEntry {
  readonly agent: SimulatedAgent;
  /** What is neither in use nor offered. */
  free: Bag;
  facts: AgentFacts;
  /** Whether its connection is there; without it, nothing of it is offered. */
  isConnected = true;
  /** Whether an operator wants nothing of it to be offered. */
  isDeactivated = false;
  /** Set while it is drained. */
  drain: { readonly marksGone: boolean } | undefined;
  /** Sent when the agent is back; a master that dies meanwhile takes them along. */
  readonly killsToSend: (() => void)[] = [];
  readonly offers = new Set<SimulatedOffer>();
  readonly tasks = new Set<MasterTask>();

  constructor(agent: SimulatedAgent, unavailability: Unavailability | undefined) {
    this.agent = agent;
    this.free = agent.total;
    this.facts = agent.facts;
    this.announce(unavailability);
  }

  get id(): string {
    return this.agent.id;
  }

  get isOfferable(): boolean {
    return this.isConnected && !this.isDeactivated;
  }

  /** Notes when the agent will not be there. */
  announce(unavailability: Unavailability | undefined): void {
    const { unavailability: _earlier, ...facts } = this.agent.facts;
    this.facts = unavailability ? { ...facts, unavailability } : this.agent.facts;
  }
}
