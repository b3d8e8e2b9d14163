import type { AgentEntry, ClusterAgents } from '../cluster/cluster-agents.ts';
import type { AgentFacts } from '../model/agent.ts';

/** So many filters remember their verdicts: with 10,000 agents, each takes 40 kilobytes. */
const mostRemembering = 512;

/** A filter is narrow if it lets at most this part of all agents through, and at least so many. */
const narrowPart = 1 / 16;
const leastNarrow = 2;

/**
 * Which agents the constraints of a shape let through that look at the agent alone. Verdicts are worked out anew only
 * for agents whose facts changed, and shared by all shapes with the same such constraints.
 */
export class AgentFilter {
  /** How many of the shapes that are there use it. */
  users = 0;
  readonly #check: (agent: AgentFacts) => boolean;
  readonly #remembers: boolean;
  /** By number of the agent, twice its version, and one more if it is let through. */
  #verdicts = new Uint32Array(0);
  /** All that are let through; undefined: so many that they are not listed. */
  #narrow: Set<AgentEntry> | undefined;
  /** How many changes of agents are taken in; -1: none was ever looked at. */
  #changes = -1;

  constructor(check: (agent: AgentFacts) => boolean, remembers: boolean) {
    this.#check = check;
    this.#remembers = remembers;
  }

  allows(agent: AgentEntry): boolean {
    if (!this.#remembers) return this.#check(agent.facts);
    if (agent.number >= this.#verdicts.length) this.#makeRoom(agent.number);
    const known = this.#verdicts[agent.number] as number;
    if (known >> 1 === agent.version) return (known & 1) === 1;
    const allowed = this.#check(agent.facts);
    this.#verdicts[agent.number] = agent.version * 2 + (allowed ? 1 : 0);
    return allowed;
  }

  /** Whether {@link narrow} has nothing to look at. */
  isUpToDate({ changes }: ClusterAgents): boolean {
    return this.#changes === changes;
  }

  /** All agents that are let through, if these are few: then it costs less to go through them than through the cluster. */
  narrow(agents: ClusterAgents): ReadonlySet<AgentEntry> | undefined {
    if (this.#changes === agents.changes) return this.#narrow;
    const changed = agents.changedSince(this.#changes);
    this.#changes = agents.changes;
    if (!changed) this.#narrow = this.#listed(agents);
    else for (const agent of changed) this.#changed(agent, agents);
    return this.#narrow;
  }

  #listed(agents: ClusterAgents): Set<AgentEntry> | undefined {
    if (this.#remembers && agents.size > this.#verdicts.length) this.#makeRoom(agents.size - 1);
    const most = mostNarrow(agents);
    const listed = new Set<AgentEntry>();
    for (const agent of agents.all) {
      if (!this.allows(agent)) continue;
      listed.add(agent);
      if (listed.size > most) return undefined;
    }
    return listed;
  }

  #changed(agent: AgentEntry, agents: ClusterAgents): void {
    const narrow = this.#narrow;
    if (!narrow) return;
    if (agents.find(agent.facts.id) === agent && this.allows(agent)) narrow.add(agent);
    else narrow.delete(agent);
    if (narrow.size > mostNarrow(agents)) this.#narrow = undefined;
  }

  #makeRoom(number: number): void {
    const larger = new Uint32Array(Math.max(64, 2 ** Math.ceil(Math.log2(number + 1))));
    larger.set(this.#verdicts);
    this.#verdicts = larger;
  }
}

const mostNarrow = ({ size }: ClusterAgents): number => Math.max(leastNarrow, size * narrowPart);

/** Finds the filter that shapes with the same constraints share. */
export class AgentFilters {
  readonly #filters = new Map<string, AgentFilter>();

  /** The filter with this key, which checks as given. */
  get(key: string, check: (agent: AgentFacts) => boolean): AgentFilter {
    const found = this.#filters.get(key);
    if (found) return found;
    if (this.#filters.size >= mostRemembering) this.#forgetUnused();
    const isRoom = this.#filters.size < mostRemembering;
    const filter = new AgentFilter(check, isRoom);
    if (isRoom) this.#filters.set(key, filter);
    return filter;
  }

  #forgetUnused(): void {
    for (const [key, { users }] of this.#filters) if (users === 0) this.#filters.delete(key);
  }
}
