import type { Cluster } from '../cluster/cluster.ts';
import type { AgentEntry } from '../cluster/cluster-agents.ts';
import { amountsOf } from '../fairness/amounts.ts';
import type { FairShares } from '../fairness/fair-shares.ts';
import { HeadOfLine } from '../fairness/head-of-line.ts';
import { type KeeperId, KeptAgents } from '../fairness/kept-agents.ts';
import type { OccupiedAgent } from '../fairness/when-fits.ts';
import { GangDesk } from '../gangs/gang-desk.ts';
import type { AgentId } from '../model/agent.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { AttemptId } from '../model/task.ts';
import type { PreemptibleAgent } from '../preemption/choose-preemption.ts';
import { PreemptionDesk } from '../preemption/preemption-desk.ts';
import { type AgentAttempts, occupiedAgent } from './agent-attempts.ts';
import type { DemandClass, DemandClasses, Shape } from './demand-classes.ts';
import type { ReadyGang } from './ready-gang.ts';

/** What keeping looks at. */
export interface KeepingContext {
  readonly cluster: Cluster;
  readonly classes: DemandClasses;
  readonly shares: FairShares;
  readonly attempts: AgentAttempts;
}

/** Tasks of thousands of classes are not compared more often than this, in milliseconds. */
const betweenLooks = 1000;

interface Blocked {
  readonly keeper: KeeperId;
  readonly demandClass: DemandClass;
  readonly since: number;
}

/**
 * Keeps agents for those that would wait for ever if whatever is free were given away at once: the first in line, gangs,
 * and tasks for which others are ended. What is to be kept is decided between rounds, when it is known who found no
 * place; what is kept is then respected by all searches.
 */
export class Keeping {
  readonly kept = new KeptAgents();
  readonly gangs: GangDesk;
  readonly #context: KeepingContext;
  readonly #policy: SchedulingPolicy;
  readonly #head: HeadOfLine;
  readonly #preemption: PreemptionDesk;
  readonly #marked = new Set<AgentEntry>();
  /** Of the gangs that may hoard, what was last tried. */
  readonly #readyGang: (id: string) => ReadyGang | undefined;
  #nextLook = Number.POSITIVE_INFINITY;

  constructor(
    context: KeepingContext,
    policy: SchedulingPolicy,
    findGang: (id: string) => ReadyGang | undefined,
  ) {
    this.#context = context;
    this.#policy = policy;
    this.#readyGang = findGang;
    this.#head = new HeadOfLine(policy.headOfLine, this.kept);
    this.#preemption = new PreemptionDesk(policy.preemption, this.kept);
    this.gangs = new GangDesk(policy.hoarding, this.kept);
  }

  /** When {@link look} may decide something though nothing happened. */
  get nextDeadline(): number {
    return Math.min(this.#nextLook, this.gangs.nextDeadline);
  }

  /** A task of the class was placed, or none waits any more: nothing is kept for it. */
  release(demandClass: DemandClass): void {
    const keeper = keeperOf(demandClass);
    this.#head.release(keeper);
    this.#preemption.release(keeper);
  }

  /** The agent is gone; whoever it was kept for may be given another. */
  agentLost(agentId: AgentId): void {
    if (this.kept.agentLost(agentId) !== undefined) this.#nextLook = 0;
  }

  /** Whether a gang holds on to what the agent holds out. */
  isHoarded(agentId: AgentId): boolean {
    const owner = this.kept.of(agentId)?.owner;
    return owner !== undefined && this.gangs.isComplete(owner);
  }

  /** Somebody found no place: it is to be looked at whether something is kept for it. */
  somebodyIsBlocked(now: number): void {
    this.#nextLook = Math.min(this.#nextLook, now + betweenLooks);
  }

  /** Decides what is kept for whom, and answers which attempts are to be ended. */
  look(now: number): readonly AttemptId[] {
    this.gangs.expire(now);
    for (const { agentId } of this.kept.all) this.#refresh(agentId, now);
    this.#hoard(now);
    const preempted = now >= this.#nextLook ? this.#lookAtLine(now) : [];
    this.markAgents();
    return preempted;
  }

  /** Lets the table know which agents are kept. */
  markAgents(): void {
    const { agents, table } = this.#context.cluster;
    const kept = new Set<AgentEntry>();
    for (const { agentId } of this.kept.all) {
      const agent = agents.find(agentId);
      if (agent) kept.add(agent);
    }
    for (const agent of kept.symmetricDifference(this.#marked)) {
      agent.kept = kept.has(agent);
      table.agentChanged(agent);
    }
    this.#marked.clear();
    for (const agent of kept) this.#marked.add(agent);
  }

  #refresh(agentId: AgentId, now: number): void {
    const agent = this.#context.cluster.agents.find(agentId);
    if (agent) this.kept.refresh(this.#occupied(agent), now);
  }

  #occupied(agent: AgentEntry): PreemptibleAgent {
    const { cluster, attempts, shares } = this.#context;
    return occupiedAgent(cluster, agent, attempts, (occupant) => shares.aboveFair(occupant));
  }

  #hoard(now: number): void {
    const id = this.gangs.nextInLine(now);
    const gang = id === undefined ? undefined : this.#readyGang(id);
    if (id === undefined || !gang) return;
    const shapes = [...new Set(gang.members.map(({ demandClass }) => demandClass.shape))];
    this.gangs.hoard(
      {
        gangId: id,
        members: gang.members.map(({ demandClass }) => amountsOf(demandClass.shape.demand.resources)),
        agents: this.#agentsFor(id, (agent) => shapes.some((shape) => mayRunOn(agent, shape))),
        knownCores: this.#context.cluster.agents.total.cpus,
      },
      now,
    );
  }

  #agentsFor(keeper: KeeperId, allows: (agent: AgentEntry) => boolean): PreemptibleAgent[] {
    const agents: PreemptibleAgent[] = [];
    for (const agent of this.#context.cluster.agents.all) {
      const owner = this.kept.of(agent.facts.id)?.owner ?? keeper;
      if (owner === keeper && !agent.taken && allows(agent)) agents.push(this.#occupied(agent));
    }
    return agents;
  }

  #lookAtLine(now: number): readonly AttemptId[] {
    this.#nextLook = Number.POSITIVE_INFINITY;
    const preempted: AttemptId[] = [];
    for (const [role, blocked] of this.#firstInLine()) {
      this.#keepFor(role, blocked, now);
      preempted.push(...this.#preemptFor(blocked, now));
    }
    return preempted;
  }

  #keepFor(role: string, { keeper, demandClass, since }: Blocked, now: number): void {
    const wanted = amountsOf(demandClass.shape.demand.resources);
    const head = { keeper, role, waitingSince: since, wanted };
    if (this.#head.isDue(head, now)) {
      const agents: OccupiedAgent[] = this.#agentsFor(keeper, (agent) => mayRunOn(agent, demandClass.shape));
      this.#head.keep(head, agents, now);
    }
    this.#lookAgain(this.#head.dueAt(head), now);
  }

  #preemptFor({ keeper, demandClass, since }: Blocked, now: number): readonly AttemptId[] {
    const wanted = amountsOf(demandClass.shape.demand.resources);
    const demand = { keeper, priority: demandClass.priority, waitingSince: since, wanted };
    this.#lookAgain(this.#preemption.dueAt(demand, now), now);
    if (!this.#preemption.isDue(demand, now)) return [];
    const agents = this.#agentsFor(keeper, (agent) => mayRunOn(agent, demandClass.shape));
    const victims = this.#preemption.consider(demand, agents, now)?.victims ?? [];
    for (const id of victims) {
      const attempt = this.#context.attempts.get(id);
      if (attempt) attempt.isEnding = true;
    }
    return victims;
  }

  #lookAgain(at: number, now: number): void {
    this.#nextLook = Math.min(this.#nextLook, Math.max(at, now + betweenLooks));
  }

  /**
   * By role, the task that has waited longest, priority counted in, of those that fit nowhere and are within their
   * quota. Shares do not count here: whoever has had little so far is served first as soon as anything is free.
   */
  #firstInLine(): Map<string, Blocked> {
    const { classes, shares } = this.#context;
    const { ageing } = this.#policy;
    const first = new Map<string, Blocked & { readonly rank: number }>();
    for (const demandClass of classes.classes) {
      const { shape, priority } = demandClass;
      const entry = shape.vetoed ? classes.first(demandClass) : undefined;
      if (!entry) continue;
      const rank = Number.isFinite(ageing) ? entry.since - priority * ageing * 1000 : -priority;
      const role = shape.role ?? '*';
      const other = first.get(role);
      if (other && (other.rank < rank || (other.rank === rank && other.since <= entry.since))) continue;
      if (!shares.allows(demandClass, shape.demand.resources)) continue;
      first.set(role, { keeper: keeperOf(demandClass), demandClass, since: entry.since, rank });
    }
    return first;
  }
}

/**
 * Under which name agents are kept for the tasks of a class: for whichever of them is the first when there is room. One
 * that comes back, because its attempt was lost, may come before the one that had waited.
 */
export const keeperOf = ({ key }: DemandClass): KeeperId => `class ${key}`;

/** Whether a task could run on an agent if nothing else were there. */
const mayRunOn = (agent: AgentEntry, { terms, demand }: Shape): boolean =>
  demand.pool !== 'revocable' && (terms?.filter?.allows(agent) ?? true);
