import type { Cluster } from '../cluster/cluster.ts';
import type { Slot } from '../cluster/slot.ts';
import type { FairShares } from '../fairness/fair-shares.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { AttemptId, TaskId } from '../model/task.ts';
import type { DemandClasses } from './demand-classes.ts';
import type { IncomingOffers } from './incoming-offers.ts';
import type { Insight } from './insight.ts';
import type { Keeping } from './keeping.ts';
import type { PlacedTask, Placement, Refusal } from './match-decisions.ts';
import type { Occupants } from './occupants.ts';
import type { Moment } from './places.ts';
import type { RefusalRule } from './refusal-rule.ts';
import { Round } from './round.ts';
import type { HeldTask } from './round-parts.ts';
import { groupIdOf } from './task-unions.ts';
import type { ToldTasks } from './told-tasks.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

// About 6 ms on a machine of 2020: a call stays well below the 25 ms that an event loop may be held up.
const workPerCall = 60_000;
/** To take in an offer costs as much as so many units of work. */
const workPerOffer = 40;
const workPerRefusal = 15;
/** Whoever takes the placements has to do something for each, too. */
const workPerTold = 50;

/** What rounds work on and tell. */
export interface RoundsContext {
  readonly cluster: Cluster;
  readonly classes: DemandClasses;
  readonly shares: FairShares;
  readonly occupants: Occupants;
  readonly incoming: IncomingOffers;
  readonly waiting: WaitingTasks;
  readonly keeping: Keeping;
  readonly insight: Insight;
  readonly refusals: RefusalRule;
  readonly told: ToldTasks;
}

/** What is told of a round. */
export interface RoundResults {
  readonly placements: Placement[];
  readonly declined: Refusal[];
  readonly preempted: AttemptId[];
}

/**
 * One round of matching after the other: takes in the offers that came, places what waits, tells what was placed, and
 * gives the rest of the offers back; all of it a bounded step at a time.
 */
export class Rounds {
  policy: SchedulingPolicy;
  readonly #context: RoundsContext;
  #round: Round | undefined;
  /** What is left to be declined, once all is placed and told. */
  #unused: Slot[] | undefined;
  #isPlaced = false;

  constructor(context: RoundsContext, policy: SchedulingPolicy) {
    this.#context = context;
    this.policy = policy;
  }

  get isAnyGoingOn(): boolean {
    return this.#round !== undefined;
  }

  /** Takes back the places in a slot; the tasks wait again. */
  undo(slot: Slot): void {
    this.#round?.undo(slot);
  }

  /** Takes back the place of a task or group that does not wait any more, and with it those of its gang. */
  drop(waitingId: TaskId): void {
    if (!this.#round) return;
    for (const task of [...this.#round.held.values()].flat()) {
      if (task.entry.id === waitingId) this.#round.drop(task);
    }
  }

  /** Ends the round, whatever is left of it. */
  end(): void {
    this.#round = undefined;
    this.#unused = undefined;
    this.#isPlaced = false;
    this.#context.cluster.table.endRound();
  }

  /** Answers whether a round is at its end, and what came of it can be told. */
  advance(moment: Moment): boolean {
    if (this.#isPlaced) return true;
    const { cluster, incoming, keeping, waiting } = this.#context;
    if (!this.#round) {
      // What is not kept any more is to be used or given back.
      keeping.markAgents();
      const taken = this.#takeInOffers();
      if (incoming.size > 0 || (!taken && cluster.table.grown.size === 0)) return false;
      this.#round = this.#newRound(moment);
    }
    this.#isPlaced = this.#round.advance(workPerCall);
    if (this.#isPlaced && waiting.arrived.size > 0) {
      this.#round.reopen(waiting.arrived);
      waiting.arrived.clear();
      this.#isPlaced = false;
    }
    return this.#isPlaced;
  }

  /** Tells of what was placed, a part at a time; when all is told, gives the other offers back. */
  tell({ placements, declined, preempted }: RoundResults, moment: Moment): void {
    const round = this.#round;
    if (!round) return;
    const { cluster, keeping, insight, refusals, waiting } = this.#context;
    let left = workPerCall;
    for (const slot of round.held.keys()) {
      if (left <= 0) return;
      left -= this.#tellWithGangs(slot, round, placements) * workPerTold;
    }
    if (!this.#unused) {
      // What is kept from here on is not given back.
      if (waiting.size > 0) preempted.push(...keeping.look(moment));
      this.#unused = this.#slotsOfNoUse();
    }
    const part = this.#unused.splice(0, Math.max(Math.ceil(left / workPerRefusal), 1));
    const isAnyWaiting = waiting.size > 0;
    declined.push(...refusals.refuse(part, insight.shapes(), isAnyWaiting, cluster));
    if (this.#unused.length > 0) return;
    if (isAnyWaiting) keeping.somebodyIsBlocked(moment.now);
    this.end();
  }

  /** Takes in so many offers as a call has time for; answers whether there were any. */
  #takeInOffers(): boolean {
    const { agents, table, counts } = this.#context.cluster;
    const offers = this.#context.incoming.take(workPerCall / workPerOffer);
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
    const { cluster, classes, shares, occupants, keeping, waiting } = this.#context;
    waiting.arrived.clear();
    shares.setTotal(cluster.agents.total);
    const gangs = keeping.gangs.complete().flatMap(({ id }) => waiting.readyGang(id) ?? []);
    const context = { cluster, classes, shares, occupants, kept: keeping.kept, policy: this.policy };
    return new Round(context, gangs, moment);
  }

  #slotsOfNoUse(): Slot[] {
    const { cluster, keeping } = this.#context;
    return cluster.table.live().filter(({ agent }) => !(agent.kept && keeping.isHoarded(agent.facts.id)));
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
    this.#context.refusals.used(agent);
    const placement = {
      offerIds: offers.map(({ id }) => id),
      agent: agent.facts,
      ...(role !== undefined && { role }),
      tasks: tasks.flatMap((task) => this.#placed(task)),
    };
    this.#context.cluster.table.clear(slot);
    return placement;
  }

  #placed(task: HeldTask): PlacedTask[] {
    const { entry, gang, demandClass } = task;
    const { keeping, told, waiting } = this.#context;
    keeping.release(demandClass);
    const groupId = groupIdOf(entry.id);
    if (groupId !== undefined) {
      const members = waiting.groups.complete(groupId) ?? [];
      for (const { spec } of members) waiting.groups.remove(spec.id);
      return told.placedGroup(task, groupId, members);
    }
    if (gang) {
      waiting.gangs.remove(entry.id);
      keeping.gangs.launched(gang.id);
    }
    return [told.placed(task)];
  }
}
