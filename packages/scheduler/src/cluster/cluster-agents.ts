import type { ShareResources } from '../fairness/amounts.ts';
import type { AgentFacts, AgentId, KnownAgent } from '../model/agent.ts';
import type { AgentResources } from '../model/amounts.ts';

/** Numbers an agent for as long as anything is known of it; numbers of agents that are gone are used again. */
export type AgentNumber = number;

/** What is known of one agent. */
export interface AgentEntry {
  readonly number: AgentNumber;
  facts: AgentFacts;
  /** All that it has, in use or not, where the driver has told. */
  total: AgentResources | undefined;
  /** The most that it has held out at a time: what is known of its size while the driver has not told. */
  seen: ShareResources;
  /** Grows whenever the facts that matching looks at change, and when the number passes to another agent. */
  version: number;
  /** Whether it has, or once held out, graphics processors. */
  gpus: boolean;
  /** Whether a task of this scheduler has it for itself. */
  taken: boolean;
  /** How many times in a row its offers were given back while something waited. */
  inVain: number;
  /** Counts since when: see the rule of refusals. */
  inVainEpoch: number;
  /** Whether it is kept for somebody: others may use it only as far as that allows. */
  kept: boolean;
}

const nothing: Required<ShareResources> = { cpus: 0, mem: 0, disk: 0, gpus: 0 };

const sameRecord = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean => {
  const names = Object.keys(a);
  for (const name of names) if (a[name] !== b[name]) return false;
  return names.length === Object.keys(b).length;
};

const sumOf = (a: Required<ShareResources>, b: ShareResources): Required<ShareResources> => ({
  cpus: a.cpus + b.cpus,
  mem: a.mem + b.mem,
  disk: a.disk + b.disk,
  gpus: a.gpus + (b.gpus ?? 0),
});

const isSame = (a: AgentFacts, b: AgentFacts): boolean =>
  a.hostname === b.hostname &&
  a.region === b.region &&
  a.zone === b.zone &&
  a.unavailability?.start === b.unavailability?.start &&
  a.unavailability?.duration === b.unavailability?.duration &&
  a.plannedEnd === b.plannedEnd &&
  (a.attributes === b.attributes || sameRecord(a.attributes, b.attributes));

/** The agents of the cluster, by number. */
export class ClusterAgents {
  readonly #byId = new Map<AgentId, AgentEntry>();
  readonly #byNumber: AgentEntry[] = [];
  readonly #freeNumbers: AgentNumber[] = [];
  /** The agents that came, went or changed, in order, as far as they are still remembered. */
  readonly #changed: AgentEntry[] = [];
  /** How many changes were forgotten. */
  #forgotten = 0;
  #total: Required<ShareResources> | undefined;

  /** All agents that are there, in the order in which they became known. */
  get all(): IterableIterator<AgentEntry> {
    return this.#byId.values();
  }

  /** One more than the largest number in use. */
  get size(): number {
    return this.#byNumber.length;
  }

  /** How many times an agent came, went or changed in a way that matters to tasks. */
  get changes(): number {
    return this.#forgotten + this.#changed.length;
  }

  /** The agents that came, went or changed after so many {@link changes}; undefined: too long ago to be known. */
  changedSince(changes: number): readonly AgentEntry[] | undefined {
    return changes < this.#forgotten ? undefined : this.#changed.slice(changes - this.#forgotten);
  }

  find(id: AgentId): AgentEntry | undefined {
    return this.#byId.get(id);
  }

  /** The agent of a number that is in use. */
  at(number: AgentNumber): AgentEntry {
    return this.#byNumber[number] as AgentEntry;
  }

  /** Takes in what an offer or the driver tells of an agent. */
  learn(facts: AgentFacts): AgentEntry {
    const known = this.#byId.get(facts.id);
    if (!known) return this.#add(facts);
    // Of two that are the same the older one is kept: objects that die young cost nothing.
    if (isSame(known.facts, facts)) return known;
    known.facts = facts;
    known.version++;
    this.#noteChange(known);
    return known;
  }

  /** Takes in all agents there are, with what they have. */
  replaceKnown(agents: readonly KnownAgent[]): void {
    const present = new Set<AgentEntry>();
    for (const { total, ...facts } of agents) {
      const entry = this.learn(facts);
      entry.total = total;
      entry.gpus ||= (total.gpus ?? 0) > 0;
      present.add(entry);
    }
    for (const entry of this.#byId.values()) if (!present.has(entry)) entry.total = undefined;
    this.#total = undefined;
  }

  /** The agent is gone, and its number free. */
  lose(id: AgentId): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#byId.delete(id);
    this.#freeNumbers.push(entry.number);
    this.#noteChange(entry);
    this.#total = undefined;
  }

  /** Takes in what an agent holds out. */
  saw(entry: AgentEntry, { cpus, mem, disk, gpus = 0 }: ShareResources): void {
    const { seen } = entry;
    if (cpus <= seen.cpus && mem <= seen.mem && disk <= seen.disk && gpus <= (seen.gpus ?? 0)) return;
    entry.seen = {
      cpus: Math.max(cpus, seen.cpus),
      mem: Math.max(mem, seen.mem),
      disk: Math.max(disk, seen.disk),
      gpus: Math.max(gpus, seen.gpus ?? 0),
    };
    this.#total = undefined;
  }

  /** What all agents have, in use or not, as far as it is known. */
  get total(): Required<ShareResources> {
    this.#total ??= [...this.all].reduce((sum, { total, seen }) => sumOf(sum, total ?? seen), nothing);
    return this.#total;
  }

  #add(facts: AgentFacts): AgentEntry {
    const number = this.#freeNumbers.pop() ?? this.#byNumber.length;
    const version = (this.#byNumber[number]?.version ?? 0) + 1;
    const entry: AgentEntry = {
      number,
      facts,
      total: undefined,
      seen: nothing,
      version,
      gpus: false,
      taken: false,
      kept: false,
      inVain: 0,
      inVainEpoch: 0,
    };
    this.#byNumber[number] = entry;
    this.#byId.set(facts.id, entry);
    this.#noteChange(entry);
    return entry;
  }

  #noteChange(entry: AgentEntry): void {
    // To look at all agents again costs less than to look at as many changes.
    if (this.#changed.length >= this.#byId.size) {
      this.#forgotten += this.#changed.length;
      this.#changed.length = 0;
    }
    this.#changed.push(entry);
  }
}
