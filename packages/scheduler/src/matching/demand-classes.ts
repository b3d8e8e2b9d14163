import { type Demand, demandOf } from '../cluster/demand.ts';
import type { Tag } from '../model/constraint.ts';
import type { TaskId, TaskSpec } from '../model/task.ts';
import { AgentFilters } from './agent-filter.ts';
import { CompiledTerms } from './compiled-terms.ts';
import type { LinearPolicy, PlacementPolicy } from './placement-policy.ts';
import { expectedRunMilliseconds, resourcesKey, termsOf, type WaitingTask } from './shape.ts';
import { emptyList, type WaitingEntry, type WaitingList, WaitingTasks } from './waiting-list.ts';

/** All that decides where a task can be put, and where best: the same for all tasks of a shape. */
export interface Shape {
  readonly key: string;
  readonly demand: Demand;
  /** Absent: offers for any role will do. */
  readonly role: string | undefined;
  /** Milliseconds, rounded up; undefined: nobody knows. */
  readonly runMilliseconds: number | undefined;
  readonly policy: PlacementPolicy | LinearPolicy;
  readonly terms: CompiledTerms | undefined;
  /** Whether its tasks have their agents for themselves. */
  readonly exclusive: boolean;
  /** The classes of which tasks wait. */
  readonly classes: Set<DemandClass>;
  /** How many of its tasks wait. */
  waiting: number;
  /** Whether it fitted nowhere when it was last looked at: only what was offered since may change that. */
  vetoed: boolean;
}

/** Tasks that nothing tells apart but when they came: of them the first is always placed first. */
export interface DemandClass extends WaitingList {
  readonly key: string;
  readonly shape: Shape;
  readonly queue: string;
  readonly user: string;
  readonly priority: number;
  readonly tags: readonly Tag[];
  /** How many tasks each of them stands for: those of a group. */
  readonly tasks: number;
  /** How many of its tasks were given a place since the first that waited. */
  placed: number;
}

/** What the classes need to know of the scheduler. */
export interface ClassOptions {
  /** Of tasks that name none. */
  readonly role: string | undefined;
  /** The first {@link DemandClasses.placement}. */
  readonly placement: string;
  readonly policies: ReadonlyMap<string, PlacementPolicy | LinearPolicy>;
}

/**
 * The waiting tasks by class. A class is there as long as one of its tasks waits, so that what is done for each class
 * costs nothing for those that are through.
 */
export class DemandClasses {
  /** Of tasks that name none; to be changed while no task waits. */
  placement: string;
  readonly #options: ClassOptions;
  readonly #classes = new Map<string, DemandClass>();
  readonly #shapes = new Map<string, Shape>();
  readonly #tasks = new WaitingTasks<DemandClass>();
  readonly #filters = new AgentFilters();

  constructor(options: ClassOptions) {
    this.#options = options;
    this.placement = options.placement;
  }

  /** How many tasks wait. */
  get size(): number {
    return this.#tasks.size;
  }

  get shapes(): IterableIterator<Shape> {
    return this.#shapes.values();
  }

  get classes(): IterableIterator<DemandClass> {
    return this.#classes.values();
  }

  get shapeCount(): number {
    return this.#shapes.size;
  }

  /** Throws a RangeError if the task names a placement policy that there is not. */
  add(task: WaitingTask): DemandClass {
    const demandClass = this.classOf(task);
    this.put(demandClass, { id: task.spec.id, sequence: task.sequence, since: task.since });
    return demandClass;
  }

  /** Puts a task into a class, also into one that was through. */
  put(demandClass: DemandClass, entry: WaitingEntry): void {
    const { shape } = demandClass;
    this.#classes.set(demandClass.key, demandClass);
    if (!this.#shapes.has(shape.key)) this.#comes(shape);
    shape.classes.add(demandClass);
    const before = demandClass.count;
    this.#tasks.add(demandClass, entry);
    shape.waiting += demandClass.count - before;
  }

  /** Takes a task out; answers its class, or undefined if it does not wait. */
  remove(id: TaskId): DemandClass | undefined {
    const demandClass = this.#tasks.remove(id);
    if (!demandClass) return undefined;
    const { shape } = demandClass;
    shape.waiting--;
    if (demandClass.count === 0) {
      this.#classes.delete(demandClass.key);
      shape.classes.delete(demandClass);
    }
    if (shape.classes.size === 0) this.#goes(shape);
    return demandClass;
  }

  /** The task whose turn it is. */
  first(demandClass: DemandClass): WaitingEntry | undefined {
    return this.#tasks.first(demandClass);
  }

  /** The ids of a class, in order. */
  ids(demandClass: DemandClass): IterableIterator<TaskId> {
    return this.#tasks.ids(demandClass);
  }

  /** The class that a task belongs to, whether or not it waits. Throws as {@link add} does. */
  classOf({ spec, resources, tasks = 1 }: Pick<WaitingTask, 'spec' | 'resources' | 'tasks'>): DemandClass {
    const shapeKey = this.#shapeKey(spec, resources);
    const { queue = '', user = '', priority = 0, tags = [] } = spec;
    const plain = queue === '' && user === '' && priority === 0 && tags.length === 0 && tasks === 1;
    const key = plain ? shapeKey : `${shapeKey}${JSON.stringify([queue, user, priority, tasks, ...tags])}`;
    const found = this.#classes.get(key);
    if (found) return found;
    const shape = this.#shapes.get(shapeKey) ?? this.#newShape(shapeKey, spec, resources);
    return { ...emptyList(), key, shape, queue, user, priority, tags, tasks, placed: 0 };
  }

  #comes(shape: Shape): void {
    this.#shapes.set(shape.key, shape);
    if (shape.terms?.filter) shape.terms.filter.users++;
  }

  #goes(shape: Shape): void {
    this.#shapes.delete(shape.key);
    if (shape.terms?.filter) shape.terms.filter.users--;
  }

  /** The same for all tasks that can be put in the same places, and are put best in the same. */
  #shapeKey(spec: TaskSpec, resources: WaitingTask['resources']): string {
    const amounts = resourcesKey(resources);
    const { role, placement, constraints, preferences } = spec;
    const run = expectedRunMilliseconds(spec);
    const isNear = isNearOwnTags(this.#options.policies.get(placement ?? this.placement));
    if (!(role || placement || constraints || preferences || run || isNear)) return `${amounts}:`;
    const tags = isNear ? spec.tags : undefined;
    return `${amounts} ${JSON.stringify([role, placement, run, constraints, preferences, tags])}:`;
  }

  #newShape(key: string, spec: TaskSpec, resources: WaitingTask['resources']): Shape {
    const { policies, role } = this.#options;
    const name = spec.placement ?? this.placement;
    const policy = policies.get(name);
    if (!policy) {
      const known = [...policies.keys()].join(', ');
      throw new RangeError(`Task ${spec.id} asks for placement '${name}'; there are ${known}.`);
    }
    const terms = termsOf(spec, isNearOwnTags(policy));
    return {
      key,
      demand: demandOf(resources),
      role: spec.role ?? role,
      runMilliseconds: expectedRunMilliseconds(spec),
      policy,
      terms: terms && new CompiledTerms(terms, this.#filters),
      exclusive: terms?.constraints.some(({ type }) => type === 'exclusive') ?? false,
      classes: new Set(),
      waiting: 0,
      vetoed: false,
    };
  }
}

const isNearOwnTags = (policy: PlacementPolicy | LinearPolicy | undefined): boolean =>
  policy !== undefined && 'nearOwnTags' in policy && policy.nearOwnTags;
