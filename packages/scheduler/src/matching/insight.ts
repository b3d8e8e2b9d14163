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

/** What is looked at. */
export interface InsightContext {
  readonly cluster: Cluster;
  readonly classes: DemandClasses;
  readonly groups: TaskUnions;
  readonly gangs: TaskUnions;
  readonly shares: FairShares;
  readonly kept: Pick<KeptAgents, 'of'>;
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
    if (this.#context.classes.shapeCount > mostShapesWished) return anyOffer;
    const demands = [...this.shapes()].map(({ demand, terms }) => ({
      resources: demand.resources,
      constraints: { rules: terms?.all.rules ?? [] },
    }));
    return offerWish(demands);
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
    if (isImpossible(viewOf(shape), this.#views(), date)) return false;
    this.#possible.add(shape.key);
    return true;
  }

  #impossible(shape: Shape, kinds: readonly Kind[], date: number): ImpossibleTasks {
    const { counts } = this.#context.cluster;
    const reason = describeImpossible(explainClass(viewOf(shape), this.#views(), counts, date));
    return {
      taskIds: kinds.flatMap(({ ids }) => [...ids()]),
      reason: reason ?? 'no known agent could ever run it',
    };
  }

  #demandOf({ demandClass, waiting }: Kind): DemandView {
    const { shape, queue, user, tags, tasks } = demandClass;
    const isOver = !this.#context.shares.allows({ queue, user }, shape.demand.resources, tasks);
    return {
      ...viewOf(shape),
      waiting,
      tags,
      keeper: keeperOf(demandClass),
      ...(isOver && { overQuota: user === '' ? `queue ${queue}` : `user ${user} or queue ${queue}` }),
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

const viewOf = ({ demand, role, terms, runMilliseconds, waiting }: Shape): DemandView => ({
  waiting,
  resources: demand.resources,
  role,
  constraints: terms?.constraints ?? [],
  tags: [],
  compiled: terms?.all,
  runMilliseconds,
});
