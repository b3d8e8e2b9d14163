import { AgentTable } from '../cluster/agent-table.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterAgents } from '../cluster/cluster-agents.ts';
import { TagCounts } from '../constraints/index.ts';
import type { ScalingAdvice } from '../explain/index.ts';
import { FairShares } from '../fairness/fair-shares.ts';
import type { AgentId, KnownAgent } from '../model/agent.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { AttemptId, TaskId } from '../model/task.ts';
import type { Offer, OfferId, OfferWish } from '../ports/driver.ts';
import { AgentAttempts } from './agent-attempts.ts';
import { type AgentStatus, agentUses } from './agent-uses.ts';
import { DemandClasses } from './demand-classes.ts';
import { IncomingOffers } from './incoming-offers.ts';
import { Insight, type WaitingDemand, type WaitingExplanation } from './insight.ts';
import { Keeping } from './keeping.ts';
import type { MatchDecisions } from './match-decisions.ts';
import { Occupants } from './occupants.ts';
import { builtInPolicies, type LinearPolicy, type PlacementPolicy } from './placement-policy.ts';
import { RefusalRule } from './refusal-rule.ts';
import { type RoundResults, Rounds } from './rounds.ts';
import type { WaitingTask } from './shape.ts';
import { type StartedAttempt, ToldTasks } from './told-tasks.ts';
import { WaitingTasks } from './waiting-tasks.ts';

/** Settings of a matcher beyond the policy. */
export interface MatcherOptions {
  /** The role whose offers tasks take that name none. Default: offers for any role. */
  readonly role?: string;
}

/**
 * Decides which task takes which offer. It has no clock and no effects: the same calls give the same decisions.
 *
 * A round of matching takes in all offers there are and ends when nothing more can be placed; it may take several
 * calls of {@link match}. Offers that came meanwhile wait for the next round; tasks that came meanwhile take part.
 * Every placement names all offers of one agent for one role, so that a rescinded one spoils no others.
 */
export class Matcher {
  readonly #placements: ReadonlyMap<string, PlacementPolicy | LinearPolicy>;
  readonly #cluster: Cluster;
  readonly #classes: DemandClasses;
  readonly #waiting: WaitingTasks;
  readonly #shares: FairShares;
  readonly #occupants: Occupants;
  readonly #attempts = new AgentAttempts();
  readonly #keeping: Keeping;
  readonly #refusals = new RefusalRule();
  readonly #told: ToldTasks;
  readonly #incoming = new IncomingOffers();
  readonly #rounds: Rounds;
  readonly #insight: Insight;
  /** Whether there will never be other agents. */
  #final = false;
  /** Of the last {@link match}. */
  #now = 0;

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
    const cluster = { agents: new ClusterAgents(), table: new AgentTable(), counts: new TagCounts() };
    const classes = new DemandClasses({ role, placement: policy.placement, policies });
    const shares = new FairShares(policy);
    this.#cluster = cluster;
    this.#classes = classes;
    this.#shares = shares;
    this.#occupants = new Occupants(cluster, shares);
    this.#told = new ToldTasks(this.#occupants, this.#attempts);
    const waiting: WaitingTasks = new WaitingTasks(classes, () => this.#keeping, {
      drop: (waitingId) => this.#rounds.drop(waitingId),
      newKind: () => this.#refusals.reset(),
    });
    const keeping = new Keeping(
      { cluster, classes, shares, attempts: this.#attempts },
      policy,
      (id) => waiting.readyGang(id),
      (shape) => waiting.arrived.has(shape),
    );
    const { groups, gangs } = waiting;
    this.#waiting = waiting;
    this.#keeping = keeping;
    this.#insight = new Insight({
      ...{ cluster, classes, shares, groups, gangs },
      kept: keeping.kept,
      lastStretch: () => this.#rounds.policy.lastStretch,
    });
    this.#rounds = new Rounds(
      {
        ...{ cluster, classes, shares, waiting, keeping },
        occupants: this.#occupants,
        incoming: this.#incoming,
        insight: this.#insight,
        refusals: this.#refusals,
        told: this.#told,
      },
      policy,
    );
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
    this.#rounds.policy = policy;
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

  /** What waits for a place, whether or not there are agents. */
  demand(): WaitingDemand[] {
    return this.#insight.demand();
  }

  /** How many tasks wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Changes whenever tasks come to wait of a kind of which none did: offers of other kinds may be of use then. */
  get kindsSeen(): number {
    return this.#waiting.kindsSeen;
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
    for (const slot of table.slotsOf(agent)) this.#rounds.undo(slot);
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
    this.#rounds.undo(slot);
    table.removeOffer(offerId);
  }

  /** The connection is lost, and all offers are void. */
  forgetOffers(): void {
    const { table } = this.#cluster;
    this.#incoming.clear();
    for (const slot of table.live()) {
      this.#rounds.undo(slot);
      table.clear(slot);
    }
    this.#rounds.end();
  }

  /**
   * The task waits from now on. Throws a RangeError if it names a placement policy that there is not, and what
   * `compileConstraints` throws.
   */
  add(task: WaitingTask): void {
    this.#told.neverStarted(task.spec.id);
    this.#waiting.add(task);
  }

  /** The task does not wait any more. */
  remove(taskId: TaskId): void {
    this.#waiting.remove(taskId);
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
    const results: RoundResults = { placements: [], declined: [], preempted: [] };
    const impossible = this.#waiting.takeImpossible();
    if (this.#final) impossible.push(...this.#insight.impossible(date));
    const moment = { now, date };
    if (this.#rounds.advance(moment)) this.#rounds.tell(results, moment);
    else if (!this.#rounds.isAnyGoingOn) {
      this.#notLookedAt();
      if (this.nextDeadline <= now) results.preempted.push(...this.#keeping.look(moment));
    }
    return { ...results, impossible, more: this.#isMoreToDo };
  }

  get #isMoreToDo(): boolean {
    return this.#rounds.isAnyGoingOn || this.#incoming.size > 0 || this.#cluster.table.grown.size > 0;
  }

  /** What came while nothing is held out fits nowhere, though no round says so: it may be kept or made room for. */
  #notLookedAt(): void {
    if (this.#incoming.size > 0 || !this.#waiting.takeAnyCame()) return;
    this.#keeping.somebodyIsBlocked(this.#now);
  }
}
