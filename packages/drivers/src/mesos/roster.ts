import type { AgentId, KnownAgent, Offer, Resources } from '@galaxy-mesos/scheduler';
import { forEachInTurns } from '../turns.ts';
import { agentFacts } from './agent-facts.ts';
import type { AgentList, ListedAgent } from './agent-lister.ts';
import { agentResources } from './agent-resources.ts';

/** How often the list is asked for anew: what changes without a word is only that an agent makes no offers. */
const refreshMilliseconds = 300_000;

/** Agents that were not known come in crowds, as when a cluster starts. */
const crowdMilliseconds = 1000;

/** So long a master is left in peace after it was asked, however many agents come. */
const peaceMilliseconds = 15_000;

/** What a {@link Roster} needs. */
export interface RosterOptions {
  /** Asks the master; may reject, where the operator API is forbidden, say. */
  readonly list: () => Promise<AgentList>;
  readonly tell: (agents: readonly KnownAgent[]) => void;
}

/**
 * Which agents there are: those that the master lists, and those that have made an offer since. Where the master does
 * not tell, it is only the latter, and of each as much as it has offered at most.
 */
export class Roster {
  readonly #options: RosterOptions;
  readonly #known = new Map<AgentId, KnownAgent>();
  /** Agents that have made an offer since the list was asked for, which may be older than they are. */
  readonly #latest = new Set<AgentId>();
  /** Agents that were lost since the list was asked for, which may still have them. */
  readonly #gone = new Set<AgentId>();
  /** Agents that were listed with all they have. */
  readonly #listed = new Set<AgentId>();
  #connection = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** A master has taken the subscription: it may be another than before, and knows what is now. */
  subscribed(): void {
    this.#connection += 1;
    void this.#refresh();
  }

  /** Learns of agents by what they offer. */
  offered(offers: readonly Offer[]): void {
    for (const offer of offers) this.#learn(offer);
  }

  /** The agent is gone until it is heard of again. */
  lost(agentId: AgentId): void {
    this.#known.delete(agentId);
    this.#listed.delete(agentId);
    this.#latest.delete(agentId);
    this.#gone.add(agentId);
  }

  /** Tells nothing more, and leaves no timer. */
  stop(): void {
    this.#connection += 1;
    clearTimeout(this.#timer);
    this.#timerAt = Number.NEGATIVE_INFINITY;
  }

  #learn({ agent, resources }: Offer): void {
    const known = this.#known.get(agent.id);
    const total = known === undefined ? resources : this.#totalOf(known, resources);
    this.#known.set(agent.id, { ...agent, total });
    this.#latest.add(agent.id);
    this.#gone.delete(agent.id);
    if (known === undefined) this.#lookIn(crowdMilliseconds);
  }

  #totalOf(known: KnownAgent, offered: KnownAgent['total']): KnownAgent['total'] {
    return this.#listed.has(known.id) ? known.total : { ...offered, ...largest(known.total, offered) };
  }

  #lookIn(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
    // The connection keeps Node alive, and nothing else shall.
    this.#timer.unref();
  }

  #look(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const rest = this.#askedAt + peaceMilliseconds - performance.now();
    if (rest <= 0) {
      void this.#refresh();
      return;
    }
    this.#tell();
    this.#lookIn(rest);
  }

  /** Never throws: without a list, what was offered has to do. */
  async #refresh(): Promise<void> {
    const connection = this.#connection;
    this.#askedAt = performance.now();
    this.#latest.clear();
    this.#gone.clear();
    const list = await this.#options.list().catch(() => undefined);
    const listed = list && (await activeAgents(list.agents));
    if (connection !== this.#connection) return;
    if (listed !== undefined) this.#replace(listed);
    this.#tell();
    // Agents come to a new master one by one, and those that are full make no offer by which they would be noticed.
    const isYoung = list !== undefined && (list.awaited > 0 || list.agents.length === 0);
    this.#lookIn(isYoung ? peaceMilliseconds : refreshMilliseconds);
  }

  #replace(agents: readonly KnownAgent[]): void {
    const before = new Map(this.#known);
    this.#known.clear();
    this.#listed.clear();
    for (const agent of agents) {
      if (this.#gone.has(agent.id)) continue;
      // A list tells of no maintenance, the latest offer does.
      const { unavailability } = before.get(agent.id) ?? {};
      this.#known.set(agent.id, unavailability ? { ...agent, unavailability } : agent);
      this.#listed.add(agent.id);
    }
    for (const id of this.#latest) {
      const agent = before.get(id);
      if (agent !== undefined && !this.#known.has(id)) this.#known.set(id, agent);
    }
  }

  #tell(): void {
    this.#options.tell([...this.#known.values()]);
  }
}

/** Those that make offers, in the words of the scheduler. */
async function activeAgents(listed: readonly ListedAgent[]): Promise<readonly KnownAgent[]> {
  const agents: KnownAgent[] = [];
  await forEachInTurns(listed, ({ active, deactivated, agent_info, total_resources = [] }) => {
    const { id } = agent_info;
    if (!active || deactivated || id === undefined) return;
    agents.push({ ...agentFacts(id.value, agent_info), total: agentResources(total_resources) });
  });
  return agents;
}

const largest = (a: Resources, b: Resources): Resources => ({
  cpus: Math.max(a.cpus, b.cpus),
  mem: Math.max(a.mem, b.mem),
  disk: Math.max(a.disk, b.disk),
});
