import { AgentTable, type Slot } from '../cluster/agent-table.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ClusterAgents } from '../cluster/cluster-agents.ts';
import { TagCounts } from '../constraints/index.ts';
import { FairShares } from '../fairness/fair-shares.ts';
import type { AgentId, KnownAgent } from '../model/agent.ts';
import type { TaskResources } from '../model/amounts.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { AttemptId, TaskId, TaskSpec } from '../model/task.ts';
import type { Offer, OfferId } from '../ports/driver.ts';
import { DemandClasses, type Shape } from './demand-classes.ts';
import type { ImpossibleTasks, MatchDecisions, PlacedTask, Placement, Refusal } from './match-decisions.ts';
import { type Occupant, Occupants } from './occupants.ts';
import { builtInPolicies, type LinearPolicy, type PlacementPolicy } from './placement-policy.ts';
import { RefusalRule } from './refusal-rule.ts';
import { type HeldTask, Round } from './round.ts';
import type { WaitingTask } from './shape.ts';

/** An attempt that is out on the cluster. */
export interface StartedAttempt {
  readonly attemptId: AttemptId;
  readonly spec: TaskSpec;
  /** What it was given; not always what the spec asks for. */
  readonly resources: TaskResources;
  readonly agentId: AgentId;
  /** Milliseconds on the clock of `now`; absent: nobody knows. */
  readonly expectedEnd?: number;
}

/** Settings of a matcher beyond the policy. */
export interface MatcherOptions {
  /** The role whose offers tasks take that name none. Default: offers for any role. */
  readonly role?: string;
}

// About 10 ms on a machine of 2020: a call stays well below the 25 ms that an event loop may be held up.
const workPerCall = 100_000;
/** Whoever takes the placements has to do something for each, too. */
const placementsPerCall = 2000;

/**
 * Decides which task takes which offer. It has no clock and no effects: the same calls give the same decisions.
 *
 * A round of matching takes in all offers there are and ends when nothing more can be placed; it may take several
 * calls of {@link match}. Offers that came meanwhile wait for the next round; tasks that came meanwhile take part.
 * Every placement names all offers of one agent for one role, so that a rescinded one spoils no others.
 */
export class Matcher {
  readonly #policy: SchedulingPolicy;
  readonly #cluster: Cluster;
  readonly #classes: DemandClasses;
  readonly #shares: FairShares;
  readonly #occupants: Occupants;
  readonly #refusals = new RefusalRule();
  readonly #running = new Map<AttemptId, Occupant>();
  /** Tasks that were placed and told of, until their attempts start: what is still here at the next call never did. */
  readonly #told = new Map<TaskId, Occupant>();
  #incoming = new Map<OfferId, Offer>();
  #round: Round | undefined;
  #isPlaced = false;
  /** Shapes of which tasks came since the round in progress began. */
  readonly #arrived = new Set<Shape>();

  /** Throws a RangeError if the policy names a placement that there is not, or a weight that is not above 0. */
  constructor(
    policy: SchedulingPolicy,
    placements: readonly PlacementPolicy[] = [],
    { role }: MatcherOptions = {},
  ) {
    const policies = new Map<string, PlacementPolicy | LinearPolicy>();
    for (const placement of [...builtInPolicies, ...placements]) policies.set(placement.name, placement);
    if (!policies.has(policy.placement)) {
      const known = [...policies.keys()].join(', ');
      throw new RangeError(`The policy asks for placement '${policy.placement}'; there are ${known}.`);
    }
    this.#policy = policy;
    this.#cluster = { agents: new ClusterAgents(), table: new AgentTable(), counts: new TagCounts() };
    this.#classes = new DemandClasses({ role, placement: policy.placement, policies });
    this.#shares = new FairShares(policy);
    this.#occupants = new Occupants(this.#cluster, this.#shares);
  }

  /** How many tasks wait for a place. */
  get waiting(): number {
    return this.#classes.size;
  }

  /** When {@link match} has something to do even if nothing happens, on the clock of `now`. */
  get nextDeadline(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** Takes in all agents there are. `final`: there will never be others. */
  agents(agents: readonly KnownAgent[], final: boolean): void {
    const { agents: known, counts } = this.#cluster;
    known.replaceKnown(agents);
    void final;
    for (const agent of agents) counts.agentKnown(agent);
    this.#shares.setTotal(known.total);
  }

  /** The agent is gone, and its offers with it; attempts that were there are counted until they have ended. */
  agentLost(agentId: AgentId): void {
    const { agents, table, counts } = this.#cluster;
    for (const [id, offer] of this.#incoming) if (offer.agent.id === agentId) this.#incoming.delete(id);
    counts.agentLost(agentId);
    const agent = agents.find(agentId);
    if (!agent) return;
    for (const slot of table.slotsOf(agent)) this.#round?.undo(slot);
    table.dropAgent(agent);
    agents.lose(agentId);
  }

  /** Offers that came. They are answered by {@link match}: used in a placement, or declined. */
  offers(offers: readonly Offer[]): void {
    for (const offer of offers) this.#incoming.set(offer.id, offer);
  }

  /** An offer is void; tasks that were to be put there wait again. */
  rescind(offerId: OfferId): void {
    if (this.#incoming.delete(offerId)) return;
    const { table } = this.#cluster;
    const slot = table.slotOfOffer(offerId);
    if (!slot) return;
    this.#round?.undo(slot);
    table.removeOffer(offerId);
  }

  /** The connection is lost, and all offers are void. */
  forgetOffers(): void {
    const { table } = this.#cluster;
    this.#incoming.clear();
    for (const slot of [...table.live()]) {
      this.#round?.undo(slot);
      table.clear(slot);
    }
    this.#round = undefined;
    this.#isPlaced = false;
  }

  /**
   * The task waits from now on. Throws a RangeError if it names a placement policy that there is not, and what
   * `compileConstraints` throws.
   */
  add(task: WaitingTask): void {
    const { shape } = this.#classes.add(task);
    if (this.#round) this.#arrived.add(shape);
  }

  /** The task does not wait any more. */
  remove(taskId: TaskId): void {
    if (this.#classes.remove(taskId) || !this.#round) return;
    for (const tasks of this.#round.held.values()) {
      const task = tasks.find(({ entry }) => entry.id === taskId);
      if (task) this.#round.drop(task);
    }
  }

  /** An attempt is out: one that was placed, or one that was out before. To be told before the next {@link match}. */
  started({ attemptId, spec, resources, agentId }: StartedAttempt): void {
    const told = this.#told.get(spec.id);
    this.#told.delete(spec.id);
    if (told && told.agentId === agentId) {
      this.#running.set(attemptId, told);
      return;
    }
    if (told) this.#occupants.remove(told);
    const { queue = '', user = '', tags = [], constraints = [] } = spec;
    const exclusive = constraints.some(({ type }) => type === 'exclusive');
    const occupant = { agentId, queue, user, resources, tags, exclusive };
    this.#occupants.add(occupant, true);
    this.#running.set(attemptId, occupant);
  }

  /** The attempt is out no more. */
  ended(attemptId: AttemptId): void {
    const occupant = this.#running.get(attemptId);
    if (!occupant) return;
    this.#running.delete(attemptId);
    this.#occupants.remove(occupant);
  }

  /**
   * Goes on with what there is to match, for a bounded time. `now` is milliseconds on a clock that never jumps,
   * `date` milliseconds since 1970.
   */
  match(now: number, date: number): MatchDecisions {
    void now;
    for (const occupant of this.#told.values()) this.#occupants.remove(occupant);
    this.#told.clear();
    const impossible: ImpossibleTasks[] = [];
    const placements: Placement[] = [];
    const declined: Refusal[] = [];
    if (this.#advance(date)) this.#tell(placements, declined);
    const more = this.#round !== undefined || this.#incoming.size > 0;
    return { placements, declined, preempted: [], impossible, more };
  }

  /** Answers whether a round is at its end, and what came of it can be told. */
  #advance(date: number): boolean {
    if (this.#isPlaced) return true;
    if (!this.#round && this.#incoming.size === 0) return false;
    if (!this.#round) this.#round = this.#newRound(date);
    this.#isPlaced = this.#round.advance(workPerCall);
    if (this.#isPlaced && this.#arrived.size > 0) {
      this.#round.reopen(this.#arrived);
      this.#arrived.clear();
      this.#isPlaced = false;
    }
    return this.#isPlaced;
  }

  #newRound(date: number): Round {
    const { agents, table, counts } = this.#cluster;
    for (const offer of this.#incoming.values()) {
      const agent = agents.learn(offer.agent);
      counts.agentKnown(offer.agent);
      agents.saw(agent, offer.resources);
      table.add(offer, agent);
    }
    this.#incoming = new Map();
    this.#arrived.clear();
    this.#shares.setTotal(agents.total);
    return new Round(
      {
        cluster: this.#cluster,
        classes: this.#classes,
        shares: this.#shares,
        occupants: this.#occupants,
        policy: this.#policy,
      },
      date,
    );
  }

  /** Tells of what was placed, a part at a time; when all is told, gives the other offers back. */
  #tell(placements: Placement[], declined: Refusal[]): void {
    const round = this.#round;
    if (!round) return;
    let told = 0;
    for (const [slot, tasks] of round.held) {
      if (told >= placementsPerCall) return;
      round.held.delete(slot);
      placements.push(this.#placement(slot, tasks));
      told += tasks.length;
    }
    const { table } = this.#cluster;
    declined.push(...this.#refusals.refuse([...table.live()], this.#classes.shapes, this.#cluster));
    table.cutLog();
    this.#round = undefined;
    this.#isPlaced = false;
  }

  #placement(slot: Slot, tasks: readonly HeldTask[]): Placement {
    const { offers, agent, role } = slot;
    for (const { entry, occupant } of tasks) this.#told.set(entry.id, occupant);
    this.#refusals.used(agent.facts.id);
    const placement = {
      offerIds: offers.map(({ id }) => id),
      agent: agent.facts,
      ...(role !== undefined && { role }),
      tasks: tasks.map(placedTask),
    };
    this.#cluster.table.clear(slot);
    return placement;
  }
}

const placedTask = ({ entry, demandClass, taken }: HeldTask): PlacedTask => ({
  taskId: entry.id,
  resources: demandClass.shape.demand.resources,
  ...(taken?.assigned && { assigned: taken.assigned }),
});
