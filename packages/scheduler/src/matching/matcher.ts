import { AgentTable } from '../cluster/agent-table.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterAgents } from '../cluster/cluster-agents.ts';
import type { Slot } from '../cluster/slot.ts';
import { TagCounts } from '../constraints/index.ts';
import type { ScalingAdvice } from '../explain/index.ts';
import { FairShares } from '../fairness/fair-shares.ts';
import type { AgentId, KnownAgent } from '../model/agent.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { AttemptId, TaskId } from '../model/task.ts';
import type { Offer, OfferId, OfferWish } from '../ports/driver.ts';
import { AgentAttempts } from './agent-attempts.ts';
import { type AgentStatus, agentUses } from './agent-uses.ts';
import { DemandClasses, type Shape } from './demand-classes.ts';
import { IncomingOffers } from './incoming-offers.ts';
import { Insight, type WaitingExplanation } from './insight.ts';
import { Keeping } from './keeping.ts';
import type { ImpossibleTasks, MatchDecisions, PlacedTask, Placement, Refusal } from './match-decisions.ts';
import { Occupants } from './occupants.ts';
import { builtInPolicies, type LinearPolicy, type PlacementPolicy } from './placement-policy.ts';
import type { Moment } from './places.ts';
import { type ReadyGang, readyGang } from './ready-gang.ts';
import { RefusalRule } from './refusal-rule.ts';
import { Round } from './round.ts';
import type { HeldTask } from './round-parts.ts';
import type { WaitingTask } from './shape.ts';
import { groupAsTask, groupFault, groupIdOf, groupTaskId, TaskUnions } from './task-unions.ts';
import { type StartedAttempt, ToldTasks } from './told-tasks.ts';

/** Settings of a matcher beyond the policy. */
export interface MatcherOptions {
  /** The role whose offers tasks take that name none. Default: offers for any role. */
  readonly role?: string;
}

// About 6 ms on a machine of 2020: a call stays well below the 25 ms that an event loop may be held up.
const workPerCall = 60_000;
/** To take in an offer costs as much as so many units of work. */
const workPerOffer = 40;
const workPerRefusal = 15;
/** Whoever takes the placements has to do something for each, too. */
const workPerTold = 50;

/**
 * Decides which task takes which offer. It has no clock and no effects: the same calls give the same decisions.
 *
 * A round of matching takes in all offers there are and ends when nothing more can be placed; it may take several
 * calls of {@link match}. Offers that came meanwhile wait for the next round; tasks that came meanwhile take part.
 * Every placement names all offers of one agent for one role, so that a rescinded one spoils no others.
 */
export class Matcher {
  #policy: SchedulingPolicy;
  readonly #placements: ReadonlyMap<string, PlacementPolicy | LinearPolicy>;
  readonly #cluster: Cluster;
  readonly #classes: DemandClasses;
  readonly #groups = new TaskUnions();
  readonly #gangs = new TaskUnions();
  readonly #shares: FairShares;
  readonly #occupants: Occupants;
  readonly #attempts = new AgentAttempts();
  readonly #keeping: Keeping;
  readonly #refusals = new RefusalRule();
  readonly #told: ToldTasks;
  readonly #incoming = new IncomingOffers();
  #round: Round | undefined;
  /** What is left to be declined, once all is placed and told. */
  #unused: Slot[] | undefined;
  #isPlaced = false;
  /** Shapes of which tasks came since the last round began. */
  readonly #arrived = new Set<Shape>();
  /** Whether any came since it was last seen to that they are looked at though nothing is held out. */
  #anyCame = false;
  readonly #insight: Insight;
  /** Whether there will never be other agents. */
  #final = false;
  /** What was found to be impossible when it came. */
  readonly #impossible: ImpossibleTasks[] = [];
  /** Of the last {@link match}. */
  #now = 0;
  #kindsSeen = 0;

  /** Throws a RangeError if the policy names a placement that there is not, or a weight that is not above 0. */
  constructor(
    policy: SchedulingPolicy,
    placements: readonly PlacementPolicy[] = [],
    { role }: MatcherOptions = {},
  ) {
    const policies = new Map<string, PlacementPolicy | LinearPolicy>();
    for (const placement of [...builtInPolicies, ...placements]) policies.set(placement.name, placement);
    this.#placements = policies;
    this.#checkPlacement(policy);
    this.#policy = policy;
    const cluster = { agents: new ClusterAgents(), table: new AgentTable(), counts: new TagCounts() };
    const classes = new DemandClasses({ role, placement: policy.placement, policies });
    const shares = new FairShares(policy);
    this.#cluster = cluster;
    this.#classes = classes;
    this.#shares = shares;
    this.#occupants = new Occupants(cluster, shares);
    this.#told = new ToldTasks(this.#occupants, this.#attempts);
    const context = { cluster, classes, shares, attempts: this.#attempts };
    this.#keeping = new Keeping(
      context,
      policy,
      (id) => this.#readyGang(id),
      (shape) => this.#arrived.has(shape),
    );
    this.#insight = new Insight({
      ...{ cluster, classes, shares },
      groups: this.#groups,
      gangs: this.#gangs,
      kept: this.#keeping.kept,
    });
  }

  /**
   * Goes by another policy. Where that has another `placement`, no task may wait. Throws as the constructor does, and
   * then the old one holds.
   */
  reconfigure(policy: SchedulingPolicy): void {
    this.#checkPlacement(policy);
    this.#shares.reconfigure(policy);
    this.#classes.placement = policy.placement;
    this.#keeping.reconfigure(policy);
    this.#policy = policy;
    this.#keeping.somebodyIsBlocked(this.#now);
  }

  /** What the agents that are known have, and what of it is used. */
  agentUses(): AgentStatus[] {
    return agentUses(this.#cluster, this.#attempts);
  }

  #checkPlacement({ placement }: SchedulingPolicy): void {
    if (this.#placements.has(placement)) return;
    const known = [...this.#placements.keys()].join(', ');
    throw new RangeError(`The policy asks for placement '${placement}'; there are ${known}.`);
  }

  /** Which offers are of use to what waits. */
  wish(): OfferWish {
    return this.#insight.wish();
  }

  /** Why tasks wait, for so many kinds of them at most. `avoided` are agents of which no offers are passed on. */
  explain(date: number, limit: number, avoided: ReadonlySet<AgentId>): WaitingExplanation[] {
    return this.#insight.explain(date, limit, avoided);
  }

  /** What more agents would help what waits, and which agents are not needed. */
  shortfall(date: number): ScalingAdvice {
    return this.#insight.shortfall(date);
  }

  /** How many tasks wait for a place. */
  get waiting(): number {
    return this.#classes.size + this.#groups.size - this.#groups.completeCount + this.#gangs.size;
  }

  /** Changes whenever tasks come to wait of a kind of which none did: offers of other kinds may be of use then. */
  get kindsSeen(): number {
    return this.#kindsSeen;
  }

  /** When {@link match} has something to do even if nothing happens, on the clock of `now`. */
  get nextDeadline(): number {
    return this.waiting > 0 ? this.#keeping.nextDeadline : Number.POSITIVE_INFINITY;
  }

  /** Takes in all agents there are. `final`: there will never be others. */
  agents(agents: readonly KnownAgent[], final: boolean): void {
    const { agents: known, counts } = this.#cluster;
    known.replaceKnown(agents);
    this.#final = final;
    this.#insight.agentsChanged();
    for (const agent of agents) counts.agentKnown(agent);
    this.#shares.setTotal(known.total);
  }

  /** The agent is gone, and its offers with it; attempts that were there are counted until they have ended. */
  agentLost(agentId: AgentId): void {
    const { agents, table, counts } = this.#cluster;
    this.#incoming.agentLost(agentId);
    counts.agentLost(agentId);
    this.#keeping.agentLost(agentId);
    const agent = agents.find(agentId);
    if (!agent) return;
    for (const slot of table.slotsOf(agent)) this.#round?.undo(slot);
    table.dropAgent(agent);
    agents.lose(agentId);
  }

  /** Offers that came. They are answered by {@link match}: used in a placement, or declined. */
  offers(offers: readonly Offer[]): void {
    this.#incoming.add(offers);
  }

  /** An offer is void; tasks that were to be put there wait again. */
  rescind(offerId: OfferId): void {
    const { table } = this.#cluster;
    const slot = table.slotOfOffer(offerId);
    if (!slot) {
      this.#incoming.rescind(offerId);
      return;
    }
    this.#round?.undo(slot);
    table.removeOffer(offerId);
  }

  /** The connection is lost, and all offers are void. */
  forgetOffers(): void {
    const { table } = this.#cluster;
    this.#incoming.clear();
    for (const slot of table.live()) {
      this.#round?.undo(slot);
      table.clear(slot);
    }
    this.#endRound();
  }

  /**
   * The task waits from now on. Throws a RangeError if it names a placement policy that there is not, and what
   * `compileConstraints` throws.
   */
  add(task: WaitingTask): void {
    this.#told.neverStarted(task.spec.id);
    const { gang, group } = task.spec;
    if (gang) {
      // What is wrong with it is to be thrown now.
      this.#classes.classOf(task);
      this.#gangs.add(gang, task);
      this.#keeping.gangs.add(gang, task.spec.id);
      this.#newKind();
    } else if (group) {
      this.#classes.classOf(task);
      const tasks = this.#groups.add(group, task);
      if (tasks) this.#waitAsGroup(group.id, tasks);
    } else this.#wait(task);
  }

  /** The task does not wait any more. */
  remove(taskId: TaskId): void {
    const gangId = this.#gangs.remove(taskId);
    if (gangId !== undefined) this.#keeping.gangs.remove(gangId, taskId);
    const groupId = this.#groups.remove(taskId);
    const waitingId = groupId === undefined ? taskId : groupTaskId(groupId);
    this.#takeOut(waitingId);
    const rest = groupId === undefined ? undefined : this.#groups.complete(groupId);
    if (groupId !== undefined && rest) this.#waitAsGroup(groupId, rest);
  }

  /** An attempt is out: one that was placed, or one that was out before. To be told before the next {@link match}. */
  started(attempt: StartedAttempt): void {
    this.#told.started(attempt, this.#now);
  }

  /** The attempt is out no more. */
  ended(attemptId: AttemptId): void {
    const attempt = this.#attempts.remove(attemptId);
    if (!attempt) return;
    this.#occupants.remove(attempt.occupant);
    const { agents, table } = this.#cluster;
    const agent = agents.find(attempt.occupant.agentId);
    // A task that wants the agent for itself may be waiting for just this.
    if (agent) for (const slot of table.slotsOf(agent)) table.grew(slot);
  }

  /**
   * Goes on with what there is to match, for a bounded time. `now` is milliseconds on a clock that never jumps,
   * `date` milliseconds since 1970.
   */
  match(now: number, date: number): MatchDecisions {
    this.#now = now;
    this.#told.noneStarted();
    const placements: Placement[] = [];
    const declined: Refusal[] = [];
    const preempted: AttemptId[] = [];
    const impossible = this.#impossible.splice(0);
    if (this.#final) impossible.push(...this.#insight.impossible(date));
    if (this.#advance({ now, date })) this.#tell(placements, declined, preempted, date);
    else if (!this.#round) {
      this.#notLookedAt();
      if (this.nextDeadline <= now) preempted.push(...this.#keeping.look({ now, date }));
    }
    return { placements, declined, preempted, impossible, more: this.#isMoreToDo };
  }

  get #isMoreToDo(): boolean {
    return this.#round !== undefined || this.#incoming.size > 0 || this.#cluster.table.grown.size > 0;
  }

  /** Takes a task or a group out of its class, or gives its place back that nobody was told of. */
  #takeOut(waitingId: TaskId): void {
    const demandClass = this.#classes.remove(waitingId);
    if (demandClass?.count === 0) this.#keeping.release(demandClass);
    if (demandClass || !this.#round) return;
    for (const task of [...this.#round.held.values()].flat()) {
      if (task.entry.id === waitingId) this.#round.drop(task);
    }
  }

  #waitAsGroup(groupId: string, tasks: readonly WaitingTask[]): void {
    // One that waits already has got a task more than it needed.
    this.#takeOut(groupTaskId(groupId));
    const reason = groupFault(tasks);
    const whole = reason === undefined ? groupAsTask(groupTaskId(groupId), tasks) : undefined;
    if (whole) this.#wait(whole);
    if (reason === undefined) return;
    this.#impossible.push({ taskIds: tasks.map(({ spec }) => spec.id), reason });
    for (const { spec } of tasks) this.#groups.remove(spec.id);
  }

  #wait(task: WaitingTask): void {
    const known = this.#classes.shapeCount;
    const { shape } = this.#classes.add(task);
    if (this.#classes.shapeCount > known) this.#newKind();
    this.#arrived.add(shape);
    this.#anyCame = true;
  }

  /** What came while nothing is held out fits nowhere, though no round says so: it may be kept or made room for. */
  #notLookedAt(): void {
    if (!this.#anyCame || this.#incoming.size > 0) return;
    this.#anyCame = false;
    this.#keeping.somebodyIsBlocked(this.#now);
  }

  /** Offers that were of no use to the others may be of use to it. */
  #newKind(): void {
    this.#refusals.reset();
    this.#kindsSeen++;
  }

  #readyGang(id: string): ReadyGang | undefined {
    const tasks = this.#gangs.complete(id);
    return tasks && readyGang(id, tasks, this.#classes);
  }

  /** Answers whether a round is at its end, and what came of it can be told. */
  #advance(moment: Moment): boolean {
    if (this.#isPlaced) return true;
    if (!this.#round) {
      // What is not kept any more is to be used or given back.
      this.#keeping.markAgents();
      const taken = this.#takeInOffers();
      if (this.#incoming.size > 0 || (!taken && this.#cluster.table.grown.size === 0)) return false;
      this.#round = this.#newRound(moment);
    }
    this.#isPlaced = this.#round.advance(workPerCall);
    if (this.#isPlaced && this.#arrived.size > 0) {
      this.#round.reopen(this.#arrived);
      this.#arrived.clear();
      this.#isPlaced = false;
    }
    return this.#isPlaced;
  }

  /** Takes in so many offers as a call has time for; answers whether there were any. */
  #takeInOffers(): boolean {
    const { agents, table, counts } = this.#cluster;
    const offers = this.#incoming.take(workPerCall / workPerOffer);
    for (const offer of offers) {
      const before = agents.changes;
      const agent = agents.learn(offer.agent);
      if (agents.changes !== before) counts.agentKnown(offer.agent);
      agents.saw(agent, offer.resources);
      table.add(offer, agent);
    }
    return offers.length > 0;
  }

  #newRound(moment: Moment): Round {
    this.#arrived.clear();
    this.#shares.setTotal(this.#cluster.agents.total);
    const gangs = this.#keeping.gangs.complete().flatMap(({ id }) => this.#readyGang(id) ?? []);
    const context = {
      cluster: this.#cluster,
      classes: this.#classes,
      shares: this.#shares,
      occupants: this.#occupants,
      kept: this.#keeping.kept,
      policy: this.#policy,
    };
    return new Round(context, gangs, moment);
  }

  /** Tells of what was placed, a part at a time; when all is told, gives the other offers back. */
  #tell(placements: Placement[], declined: Refusal[], preempted: AttemptId[], date: number): void {
    const round = this.#round;
    if (!round) return;
    let left = workPerCall;
    for (const slot of round.held.keys()) {
      if (left <= 0) return;
      left -= this.#tellWithGangs(slot, round, placements) * workPerTold;
    }
    if (!this.#unused) {
      // What is kept from here on is not given back.
      if (this.waiting > 0) preempted.push(...this.#keeping.look({ now: this.#now, date }));
      this.#unused = this.#slotsOfNoUse();
    }
    const part = this.#unused.splice(0, Math.max(Math.ceil(left / workPerRefusal), 1));
    const isAnyWaiting = this.waiting > 0;
    declined.push(...this.#refusals.refuse(part, this.#insight.shapes(), isAnyWaiting, this.#cluster));
    if (this.#unused.length > 0) return;
    if (isAnyWaiting) this.#keeping.somebodyIsBlocked(this.#now);
    this.#endRound();
  }

  #slotsOfNoUse(): Slot[] {
    return this.#cluster.table
      .live()
      .filter(({ agent }) => !(agent.kept && this.#keeping.isHoarded(agent.facts.id)));
  }

  #endRound(): void {
    this.#round = undefined;
    this.#unused = undefined;
    this.#isPlaced = false;
    this.#cluster.table.endRound();
  }

  /** Tells of a slot, and of all others that a gang uses which uses it: told in parts, it could not be taken back whole. */
  #tellWithGangs(first: Slot, round: Round, placements: Placement[]): number {
    let told = 0;
    const slots = [first];
    for (let slot = slots.pop(); slot !== undefined; slot = slots.pop()) {
      const tasks = round.held.get(slot);
      if (!tasks) continue;
      round.held.delete(slot);
      placements.push(this.#placement(slot, tasks));
      told += tasks.length;
      const gangs = new Set(tasks.flatMap(({ gang }) => gang ?? []));
      if (gangs.size > 0) {
        for (const [other, others] of round.held) {
          if (others.some(({ gang }) => gang !== undefined && gangs.has(gang))) slots.push(other);
        }
      }
    }
    return told;
  }

  #placement(slot: Slot, tasks: readonly HeldTask[]): Placement {
    const { offers, agent, role } = slot;
    this.#refusals.used(agent);
    const placement = {
      offerIds: offers.map(({ id }) => id),
      agent: agent.facts,
      ...(role !== undefined && { role }),
      tasks: tasks.flatMap((task) => this.#placed(task)),
    };
    this.#cluster.table.clear(slot);
    return placement;
  }

  #placed(task: HeldTask): PlacedTask[] {
    const { entry, gang, demandClass } = task;
    this.#keeping.release(demandClass);
    const groupId = groupIdOf(entry.id);
    if (groupId !== undefined) {
      const members = this.#groups.complete(groupId) ?? [];
      for (const { spec } of members) this.#groups.remove(spec.id);
      return this.#told.placedGroup(task, groupId, members);
    }
    if (gang) {
      this.#gangs.remove(entry.id);
      this.#keeping.gangs.launched(gang.id);
    }
    return [this.#told.placed(task)];
  }
}
