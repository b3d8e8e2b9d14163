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
import type { ImpossibleTasks } from './match-decisions.ts';

/** Why the tasks of a class wait. */
export interface WaitingExplanation {
  /** The same for tasks that ask for the same. */
  readonly key: string;
  /** The first of them, in their order. */
  readonly taskIds: readonly TaskId[];
  readonly explanation: Explanation;
}

/** What is looked at. */
export interface InsightContext {
  readonly cluster: Cluster;
  readonly classes: DemandClasses;
  readonly shares: FairShares;
  readonly kept: Pick<KeptAgents, 'of'>;
}

/** With more kinds of tasks than this, one of them will be content with any offer. */
const mostShapesWished = 1000;
const mostTaskIds = 10;

/** Says of waiting tasks why they wait, what would help, and which offers are of use to them. Changes nothing. */
export class Insight {
  readonly #context: InsightContext;
  /** Shapes that some agent could run; forgotten when the agents change. */
  #possible = new WeakSet<Shape>();

  constructor(context: InsightContext) {
    this.#context = context;
  }

  /** Other agents are known now. */
  agentsChanged(): void {
    this.#possible = new WeakSet();
  }

  /** Tasks that none of the known agents could ever run. */
  impossible(date: number): ImpossibleTasks[] {
    const found: ImpossibleTasks[] = [];
    for (const shape of this.#context.classes.shapes) {
      if (this.#possible.has(shape)) continue;
      if (isImpossible(viewOf(shape), this.#views(), date)) found.push(this.#impossible(shape, date));
      else this.#possible.add(shape);
    }
    return found;
  }

  /** Which offers are of use to anything that waits. */
  wish(): OfferWish {
    const { shapeCount, shapes } = this.#context.classes;
    if (shapeCount > mostShapesWished) return anyOffer;
    return offerWish(
      [...shapes].map(({ demand, terms }) => ({
        resources: demand.resources,
        constraints: { rules: terms?.all.rules ?? [] },
      })),
    );
  }

  /** Why tasks wait, for so many classes at most. `avoided` agents get nothing for a while. */
  explain(date: number, limit: number, avoided: ReadonlySet<AgentId>): WaitingExplanation[] {
    const explained: WaitingExplanation[] = [];
    for (const demandClass of this.#context.classes.classes) {
      if (explained.length >= limit) break;
      explained.push(this.explainClass(demandClass, date, avoided));
    }
    return explained;
  }

  /** Why the tasks of one class wait. */
  explainClass(demandClass: DemandClass, date: number, avoided: ReadonlySet<AgentId>): WaitingExplanation {
    const demand = this.#demandOf(demandClass);
    return {
      key: demandClass.key,
      taskIds: this.#ids(demandClass, mostTaskIds),
      explanation: explainClass(demand, this.#views(avoided), this.#context.cluster.counts, date),
    };
  }

  /** What more agents would help, and which are idle. */
  shortfall(date: number): ScalingAdvice {
    const demands = [...this.#context.classes.classes].map((demandClass) => this.#demandOf(demandClass));
    return scalingAdvice(demands, [...this.#views()], date);
  }

  #impossible(shape: Shape, date: number): ImpossibleTasks {
    const { counts } = this.#context.cluster;
    const reason = describeImpossible(explainClass(viewOf(shape), this.#views(), counts, date));
    const taskIds = [...shape.classes].flatMap((demandClass) => this.#ids(demandClass));
    return { taskIds, reason: reason ?? 'no known agent could ever run it' };
  }

  #ids(demandClass: DemandClass, most = Number.POSITIVE_INFINITY): TaskId[] {
    const ids: TaskId[] = [];
    for (const id of this.#context.classes.ids(demandClass)) {
      if (ids.length >= most) break;
      ids.push(id);
    }
    return ids;
  }

  #demandOf(demandClass: DemandClass): DemandView {
    const { shape, queue, user, tags, count } = demandClass;
    const { shares } = this.#context;
    const isOver = !shares.allows({ queue, user }, shape.demand.resources);
    return {
      ...viewOf(shape),
      waiting: count,
      tags,
      ...(isOver && { overQuota: user === '' ? `queue ${queue}` : `user ${user} or queue ${queue}` }),
    };
  }

  *#views(avoided?: ReadonlySet<AgentId>): Iterable<AgentView> {
    for (const entry of this.#context.cluster.agents.all) yield this.#viewOf(entry, avoided);
  }

  #viewOf({ facts, total, refused }: AgentEntry, avoided?: ReadonlySet<AgentId>): AgentView {
    const { cluster, kept } = this.#context;
    return {
      facts,
      total,
      free: refused.map(({ role, resources }) => ({ role, resources })),
      attempts: cluster.counts.tasksOn(facts.id),
      keptFor: kept.of(facts.id)?.owner,
      avoided: avoided?.has(facts.id) ?? false,
    };
  }
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
