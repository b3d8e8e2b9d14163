import type { Cluster } from '../cluster/cluster.ts';
import type { AgentEntry } from '../cluster/cluster-agents.ts';
import { departure } from '../cluster/departure.ts';
import { amountsOf, withTenancy } from '../fairness/amounts.ts';
import type { FairShares } from '../fairness/fair-shares.ts';
import { HeadOfLine } from '../fairness/head-of-line.ts';
import { type KeeperId, KeptAgents } from '../fairness/kept-agents.ts';
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

/** Of those that stand before a task in its line, so many may be hopeless without being in its way. */
const mostInLine = 8;

interface Blocked {
  readonly keeper: KeeperId;
  readonly demandClass: DemandClass;
  readonly since: number;
  /** The lower, the further in front. */
  readonly rank: number;
}

/** The moment of a look: `now` on a clock that never jumps, `date` since 1970, both in milliseconds. */
interface LookMoment {
  readonly now: number;
  readonly date: number;
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
  #ageing: number;
  /** Milliseconds. */
  #lastStretch: number;
  readonly #head: HeadOfLine;
  readonly #preemption: PreemptionDesk;
  readonly #marked = new Map<AgentEntry, KeeperId>();
  /** The classes for which agents are kept. */
  readonly #keepers = new Map<KeeperId, DemandClass>();
  /** Of the gangs that may hoard, what was last tried. */
  readonly #readyGang: (id: string) => ReadyGang | undefined;
  /** Whether tasks of the shape came since the last round: while nothing is held out there is none. */
  readonly #isUntried: (shape: Shape) => boolean;
  #nextLook = Number.POSITIVE_INFINITY;

  constructor(
    context: KeepingContext,
    policy: SchedulingPolicy,
    findGang: (id: string) => ReadyGang | undefined,
    isUntried: (shape: Shape) => boolean,
  ) {
    this.#isUntried = isUntried;
    this.#context = context;
    this.#ageing = policy.ageing;
    this.#lastStretch = policy.lastStretch * 1000;
    this.#readyGang = findGang;
    this.#head = new HeadOfLine(policy.headOfLine, this.kept);
    this.#preemption = new PreemptionDesk(policy.preemption, this.kept);
    this.gangs = new GangDesk(policy.hoarding, this.kept);
  }

  /** Goes by another policy; what is kept stays so. */
  reconfigure({ ageing, headOfLine, hoarding, lastStretch, preemption }: SchedulingPolicy): void {
    this.#ageing = ageing;
    this.#lastStretch = lastStretch * 1000;
    this.#head.reconfigure(headOfLine);
    this.#preemption.reconfigure(preemption);
    this.gangs.reconfigure(hoarding);
  }

  /** When {@link look} may decide something though nothing happened. */
  get nextDeadline(): number {
    return Math.min(this.#nextLook, this.gangs.nextDeadline);
  }

  /** A task of the class was placed, or none waits any more: nothing is kept for it. */
  release(demandClass: DemandClass): void {
    const keeper = keeperOf(demandClass);
    this.#keepers.delete(keeper);
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
  look(moment: LookMoment): readonly AttemptId[] {
    const { now } = moment;
    this.gangs.expire(now);
    for (const { agentId } of this.kept.all) this.#refresh(agentId, now);
    this.#hoard(moment);
    this.#releaseThoseInVain(moment);
    const preempted = now >= this.#nextLook ? this.#lookAtLine(moment) : [];
    this.markAgents();
    return preempted;
  }

  /** Lets the table know which agents are kept. */
  markAgents(): void {
    const { agents, table } = this.#context.cluster;
    const kept = new Map<AgentEntry, KeeperId>();
    for (const { agentId, owner } of this.kept.all) {
      const agent = agents.find(agentId);
      if (agent) kept.set(agent, owner);
    }
    for (const agent of new Set([...this.#marked.keys(), ...kept.keys()])) {
      if (kept.get(agent) === this.#marked.get(agent)) continue;
      agent.kept = kept.has(agent);
      table.agentChanged(agent);
    }
    this.#marked.clear();
    for (const [agent, owner] of kept) this.#marked.set(agent, owner);
  }

  /** What is kept is free again for others if a quota or constraints have come in the way. */
  #releaseThoseInVain(moment: LookMoment): void {
    const { shares, cluster } = this.#context;
    for (const [keeper, demandClass] of [...this.#keepers]) {
      const { shape } = demandClass;
      const canRun = this.kept.agentsOf(keeper).some((id) => {
        const agent = cluster.agents.find(id);
        return agent && this.#mayRunOn(agent, shape, moment.date);
      });
      if (!canRun || !shares.allows(demandClass, shape.demand.resources, demandClass.tasks))
        this.release(demandClass);
    }
  }

  #refresh(agentId: AgentId, now: number): void {
    const agent = this.#context.cluster.agents.find(agentId);
    if (agent) this.kept.refresh(this.#occupied(agent), now);
  }

  #occupied(agent: AgentEntry): PreemptibleAgent {
    const { cluster, attempts, shares } = this.#context;
    return occupiedAgent(cluster, agent, attempts, (occupant) => shares.aboveFair(occupant));
  }

  #hoard({ now, date }: LookMoment): void {
    const id = this.gangs.nextInLine(now);
    const gang = id === undefined ? undefined : this.#readyGang(id);
    if (id === undefined || !gang) return;
    const shapes = [...new Set(gang.members.map(({ demandClass }) => demandClass.shape))];
    const isAllowed = this.#context.shares.allows(gang, gang.resources, gang.members.length);
    this.gangs.hoard(
      {
        gangId: id,
        members: gang.members.map(({ demandClass }) => amountsOf(demandClass.shape.demand.resources)),
        agents: isAllowed
          ? this.#agentsFor(id, (agent) => shapes.some((shape) => this.#mayHoldFor(agent, shape, date)))
          : [],
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

  #lookAtLine(moment: LookMoment): readonly AttemptId[] {
    this.#nextLook = Number.POSITIVE_INFINITY;
    const preempted: AttemptId[] = [];
    for (const [role, line] of this.#lines()) {
      this.#keepForFirst(role, line, moment);
      preempted.push(...this.#preemptForFirst(line, moment));
    }
    return preempted;
  }

  /** Keeps an agent for the first of a line for which one can be kept. */
  #keepForFirst(role: string, line: readonly Blocked[], { now, date }: LookMoment): void {
    for (const { keeper, demandClass, since } of line) {
      const head = { keeper, role, waitingSince: since, wanted: wantedOf(demandClass.shape) };
      this.#lookAgain(this.#head.dueAt(head), now);
      if (now < this.#head.dueAt(head)) return;
      if (this.#head.isDue(head, now)) {
        const agents = this.#agentsFor(keeper, (agent) => this.#mayRunOn(agent, demandClass.shape, date));
        if (this.#head.keep(head, agents, now)) this.#keepers.set(keeper, demandClass);
      }
      if (this.kept.agentsOf(keeper).length > 0) return;
    }
  }

  /** Ends others for the first of a line for which that helps. */
  #preemptForFirst(line: readonly Blocked[], { now, date }: LookMoment): readonly AttemptId[] {
    for (const { keeper, demandClass, since } of line) {
      const { shape, priority } = demandClass;
      const demand = { keeper, priority, waitingSince: since, wanted: wantedOf(shape) };
      this.#lookAgain(this.#preemption.dueAt(demand, now), now);
      if (!this.#preemption.isDue(demand, now)) continue;
      const agents = this.#agentsFor(keeper, (agent) => this.#mayRunOn(agent, shape, date));
      const victims = this.#preemption.consider(demand, agents, now)?.victims ?? [];
      if (victims.length === 0) continue;
      this.#keepers.set(keeper, demandClass);
      for (const id of victims) {
        const attempt = this.#context.attempts.get(id);
        if (attempt) attempt.isEnding = true;
      }
      return victims;
    }
    return [];
  }

  #lookAgain(at: number, now: number): void {
    this.#nextLook = Math.min(this.#nextLook, Math.max(at, now + betweenLooks));
  }

  /**
   * By role, the tasks that fit nowhere and are within their quota, those first that have waited longest, priority
   * counted in. Shares do not count here: whoever has had little so far is served first as soon as anything is free.
   */
  #lines(): Map<string, Blocked[]> {
    const { classes, shares } = this.#context;
    const lines = new Map<string, Blocked[]>();
    for (const demandClass of classes.classes) {
      const { shape } = demandClass;
      // One that wants an agent for itself finds no room though there may be enough of everything.
      const isBlocked = shape.vetoed || shape.exclusive || this.#isUntried(shape);
      const first = isBlocked ? classes.first(demandClass) : undefined;
      if (!first) continue;
      const blocked = { keeper: keeperOf(demandClass), demandClass, since: first.since, rank: 0 };
      const ranked = { ...blocked, rank: this.#rankOf(blocked) };
      const line = lines.get(shape.role ?? '*') ?? [];
      lines.set(shape.role ?? '*', line);
      const last = line[mostInLine - 1];
      if (last && !isBefore(ranked, last)) continue;
      if (!shares.allows(demandClass, shape.demand.resources, demandClass.tasks)) continue;
      line.push(ranked);
      line.sort((a, b) => (isBefore(a, b) ? -1 : 1));
      line.length = Math.min(line.length, mostInLine);
    }
    return lines;
  }

  #rankOf({ since, demandClass: { priority } }: Blocked): number {
    const ageing = this.#ageing;
    return Number.isFinite(ageing) ? since - priority * ageing * 1000 : -priority;
  }

  #stays({ facts }: AgentEntry, run: number | undefined, date: number): boolean {
    return departure({ run, lastStretch: this.#lastStretch }, facts, date) === undefined;
  }

  /** Whether a member of a gang could run on an agent if nothing else were there. */
  #mayHoldFor(agent: AgentEntry, { terms, demand, runMilliseconds }: Shape, date: number): boolean {
    if (demand.pool === 'revocable' || !this.#stays(agent, runMilliseconds, date)) return false;
    return terms?.filter?.allows(agent) ?? true;
  }

  /** Whether a task could run on an agent if nothing else were there. */
  #mayRunOn(agent: AgentEntry, { terms, demand, runMilliseconds }: Shape, date: number): boolean {
    if (demand.pool === 'revocable') return false;
    if (!this.#stays(agent, runMilliseconds, date)) return false;
    if (terms === undefined) return true;
    if (!terms.anyCounted) return terms.filter?.allows(agent) ?? true;
    const failing = terms.all.failing(agent.facts, this.#context.cluster.counts);
    return failing === undefined || failing.type === 'exclusive';
  }
}

const isBefore = (a: Blocked, b: Blocked): boolean =>
  a.rank === b.rank ? a.since < b.since : a.rank < b.rank;

/** What a task takes of an agent; one that wants it for itself takes its tenancy, too. */
const wantedOf = ({ demand, exclusive }: Shape): readonly number[] => {
  const amounts = amountsOf(demand.resources);
  return exclusive ? withTenancy(amounts) : amounts;
};

/**
 * Under which name agents are kept for the tasks of a class: for whichever of them is the first when there is room. One
 * that comes back, because its attempt was lost, may come before the one that had waited.
 */
export const keeperOf = ({ key }: DemandClass): KeeperId => `class ${key}`;
