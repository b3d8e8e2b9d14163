import type { Cluster } from '../cluster/cluster.ts';
import type { AgentEntry } from '../cluster/cluster-agents.ts';
import {
  type AgentView,
  type DemandView,
  describeImpossible,
  type Explanation,
  explainClass,
  isImpossible,
  type ScalingAdvice,
  scalingAdvice,
} from '../explain/index.ts';
import type { FairShares } from '../fairness/fair-shares.ts';
import type { KeptAgents } from '../fairness/kept-agents.ts';
import type { AgentId } from '../model/agent.ts';
import type { TaskResources } from '../model/amounts.ts';
import type { Constraint } from '../model/constraint.ts';
import type { TaskId } from '../model/task.ts';
import { anyOffer, offerWish } from '../offers/index.ts';
import type { OfferWish } from '../ports/driver.ts';
import type { DemandClass, DemandClasses, Shape } from './demand-classes.ts';
import { keeperOf } from './keeping.ts';
import type { ImpossibleTasks } from './match-decisions.ts';
import { groupIdOf, type TaskUnions } from './task-unions.ts';

/** Why the tasks of a class wait. */
export interface WaitingExplanation {
  /** The same for tasks that ask for the same. */
  readonly key: string;
  /** The first thousand of them, in their order. */
  readonly taskIds: readonly TaskId[];
  readonly explanation: Explanation;
}

/** Tasks that wait for a place, and ask for the same. */
export interface WaitingDemand {
  readonly resources: TaskResources;
  readonly constraints: readonly Constraint[];
  /** How many of them quotas would let run beside what runs. */
  readonly count: number;
  /** How many of them have been given a place since the first came: it only grows while some wait. */
  readonly placed: number;
  /** How long each of them runs; absent: nobody knows. */
  readonly runSeconds?: number;
}

/** What is looked at. */
export interface InsightContext {
  readonly cluster: Cluster;
  readonly classes: DemandClasses;
  readonly groups: TaskUnions;
  readonly gangs: TaskUnions;
  readonly shares: FairShares;
  readonly kept: Pick<KeptAgents, 'of'>;
  /** Of the policy, in seconds. */
  readonly lastStretch: () => number;
}

/** Tasks that wait and ask for the same: a demand class, or tasks of gangs, which wait by themselves. */
interface Kind {
  readonly demandClass: DemandClass;
  readonly waiting: number;
  readonly ids: () => Iterable<TaskId>;
}

/** With more kinds of tasks than this, one of them will be content with any offer. */
const mostShapesWished = 1000;
/** For people a few would do; whoever shows jobs wants to know those that they are of. */
const mostTaskIds = 1000;
/** Of shapes that are found to be possible; forgetting them costs another look at each. */
const mostRemembered = 100_000;

/** Says of waiting tasks why they wait, what would help, and which offers are of use to them. Changes nothing. */
export class Insight {
  readonly #context: InsightContext;
  /** Keys of shapes that some agent could run; forgotten when the agents change. */
  readonly #possible = new Set<string>();

  constructor(context: InsightContext) {
    this.#context = context;
  }

  /** Other agents are known now. */
  agentsChanged(): void {
    this.#possible.clear();
  }

  /** All that tasks ask for that wait, also those of gangs. */
  *shapes(): Iterable<Shape> {
    yield* this.#context.classes.shapes;
    for (const { demandClass } of this.#kindsOfGangs()) yield demandClass.shape;
  }

  /** Tasks that none of the known agents could ever run. */
  impossible(date: number): ImpossibleTasks[] {
    if (this.#possible.size > mostRemembered) this.#possible.clear();
    const found: ImpossibleTasks[] = [];
    for (const shape of this.#context.classes.shapes) {
      if (this.#isPossible(shape, date)) continue;
      found.push(this.#impossible(shape, [...shape.classes].map(this.#kindOf), date));
    }
    for (const kind of this.#kindsOfGangs()) {
      const { shape } = kind.demandClass;
      if (!this.#isPossible(shape, date)) found.push(this.#impossible(shape, [kind], date));
    }
    return found;
  }

  /** Which offers are of use to anything that waits. */
  wish(): OfferWish {
    const demands = [...this.shapes()].map(({ demand, terms }) => ({
      resources: demand.resources,
      constraints: { rules: terms?.all.rules ?? [] },
    }));
    return demands.length > mostShapesWished ? anyOffer(demands) : offerWish(demands);
  }

  /** Why tasks wait, for so many classes at most. `avoided` agents get nothing for a while. */
  explain(date: number, limit: number, avoided: ReadonlySet<AgentId>): WaitingExplanation[] {
    const { counts } = this.#context.cluster;
    const explained: WaitingExplanation[] = [];
    for (const kind of this.#kinds()) {
      if (explained.length >= limit) break;
      const explanation = explainClass(this.#demandOf(kind), this.#views(avoided), counts, date);
      const taskIds = firstOf(kind.ids(), mostTaskIds);
      explained.push({ key: kind.demandClass.key, taskIds, explanation });
    }
    return explained;
  }

  /** What more agents would help, and which are idle. */
  shortfall(date: number): ScalingAdvice {
    const demands = [...this.#kinds()].map((kind) => this.#demandOf(kind));
    return scalingAdvice(demands, [...this.#views()], date);
  }

  /** What waits, whether or not there are agents: for whoever brings agents up. What waits for a quota alone is left out. */
  demand(): WaitingDemand[] {
    const demands: WaitingDemand[] = [];
    for (const { demandClass, waiting } of this.#kinds()) {
      const { demand, terms, runMilliseconds } = demandClass.shape;
      const count = this.#allowed(demandClass, waiting);
      if (count === 0) continue;
      demands.push({
        resources: demand.resources,
        constraints: terms?.constraints ?? [],
        count,
        placed: demandClass.placed,
        ...(runMilliseconds !== undefined && { runSeconds: runMilliseconds / 1000 }),
      });
    }
    return demands;
  }

  /** How many of so many tasks of a class its quotas leave room for. */
  #allowed({ queue, user, shape, tasks }: DemandClass, waiting: number): number {
    const { cpus, mem, disk, gpus = 0 } = shape.demand.resources;
    const allows = (count: number): boolean => {
      const resources = { cpus: cpus * count, mem: mem * count, disk: disk * count, gpus: gpus * count };
      return this.#context.shares.allows({ queue, user }, resources, tasks * count);
    };
    if (allows(waiting)) return waiting;
    let [enough, tooMany] = [0, waiting];
    while (tooMany - enough > 1) {
      const middle = (enough + tooMany) >> 1;
      if (allows(middle)) enough = middle;
      else tooMany = middle;
    }
    return enough;
  }

  *#kinds(): Iterable<Kind> {
    for (const demandClass of this.#context.classes.classes) yield this.#kindOf(demandClass);
    yield* this.#kindsOfGangs();
  }

  readonly #kindOf = (demandClass: DemandClass): Kind => ({
    demandClass,
    waiting: demandClass.count,
    ids: () => this.#ids(demandClass),
  });

  *#kindsOfGangs(): Iterable<Kind> {
    const { classes, gangs } = this.#context;
    if (gangs.size === 0) return;
    const kinds = new Map<string, { readonly demandClass: DemandClass; readonly ids: TaskId[] }>();
    for (const task of gangs.tasks()) {
      const demandClass = classes.classOf(task);
      const kind = kinds.get(demandClass.key);
      if (kind) kind.ids.push(task.spec.id);
      else kinds.set(demandClass.key, { demandClass, ids: [task.spec.id] });
    }
    for (const { demandClass, ids } of kinds.values())
      yield { demandClass, waiting: ids.length, ids: () => ids };
  }

  /** The tasks of a class; for a group those that it is made of. */
  *#ids(demandClass: DemandClass): Iterable<TaskId> {
    const { classes, groups } = this.#context;
    for (const id of classes.ids(demandClass)) {
      const groupId = groupIdOf(id);
      if (groupId === undefined) yield id;
      else for (const { spec } of groups.complete(groupId) ?? []) yield spec.id;
    }
  }

  #isPossible(shape: Shape, date: number): boolean {
    if (this.#possible.has(shape.key)) return true;
    if (isImpossible(this.#viewOfShape(shape), this.#views(), date)) return false;
    this.#possible.add(shape.key);
    return true;
  }

  #impossible(shape: Shape, kinds: readonly Kind[], date: number): ImpossibleTasks {
    const { counts } = this.#context.cluster;
    const reason = describeImpossible(explainClass(this.#viewOfShape(shape), this.#views(), counts, date));
    return {
      taskIds: kinds.flatMap(({ ids }) => [...ids()]),
      reason: reason ?? 'no known agent could ever run it',
    };
  }

  #demandOf({ demandClass, waiting }: Kind): DemandView {
    const { shape, queue, user, tags, tasks } = demandClass;
    const isOver = !this.#context.shares.allows({ queue, user }, shape.demand.resources, tasks);
    return {
      ...this.#viewOfShape(shape),
      waiting,
      tags,
      keeper: keeperOf(demandClass),
      ...(isOver && { overQuota: user === '' ? `queue ${queue}` : `user ${user} or queue ${queue}` }),
    };
  }

  #viewOfShape({ demand, role, terms, runMilliseconds, waiting }: Shape): DemandView {
    return {
      waiting,
      resources: demand.resources,
      role,
      constraints: terms?.constraints ?? [],
      tags: [],
      compiled: terms?.all,
      runMilliseconds,
      lastStretch: this.#context.lastStretch() * 1000,
    };
  }

  *#views(avoided?: ReadonlySet<AgentId>): Iterable<AgentView> {
    for (const entry of this.#context.cluster.agents.all) yield this.#viewOf(entry, avoided);
  }

  /** Free is what it holds out, or held out last and was given back. */
  #viewOf(agent: AgentEntry, avoided?: ReadonlySet<AgentId>): AgentView {
    const { cluster, kept } = this.#context;
    const { facts, total } = agent;
    const held = cluster.table
      .slotsOf(agent)
      .flatMap(({ offers, givenBack }) =>
        offers.length > 0
          ? offers.map((offer) => ({ ...offer, isGivenBack: false }))
          : givenBack.map((offer) => ({ ...offer, isGivenBack: true })),
      );
    return {
      facts,
      total,
      free: held.map(({ role, resources, isGivenBack }) => ({ role, resources, isGivenBack })),
      attempts: cluster.counts.tasksOn(facts.id),
      keptFor: kept.of(facts.id)?.owner,
      avoided: avoided?.has(facts.id) ?? false,
    };
  }
}

function firstOf<Item>(items: Iterable<Item>, most: number): Item[] {
  const first: Item[] = [];
  for (const item of items) {
    if (first.length >= most) break;
    first.push(item);
  }
  return first;
}
