import type { AssignedResources, TaskResources } from '../model/amounts.ts';
import type { TaskId, TaskUnion } from '../model/task.ts';
import type { WaitingTask } from './shape.ts';

interface Union {
  readonly size: number;
  readonly members: Map<TaskId, WaitingTask>;
}

const groupPrefix = 'group/';

/** The id under which a group waits: no task has it, as theirs have no `/`. */
export const groupTaskId = (groupId: string): TaskId => `${groupPrefix}${groupId}`;

/** The group that waits under an id; undefined for a task of its own. */
export const groupIdOf = (taskId: TaskId): string | undefined =>
  taskId.startsWith(groupPrefix) ? taskId.slice(groupPrefix.length) : undefined;

/** Collects the tasks that belong together, until all of them wait. */
export class TaskUnions {
  readonly #unions = new Map<string, Union>();
  readonly #unionOfTask = new Map<TaskId, string>();
  readonly #complete = new Set<string>();

  /** How many tasks wait. */
  get size(): number {
    return this.#unionOfTask.size;
  }

  /** How many unions wait as a whole. */
  get completeCount(): number {
    return this.#complete.size;
  }

  /** Adds a task; answers all tasks of the union, in the order of their numbers, if none is missing now. */
  add({ id, size }: TaskUnion, task: WaitingTask): readonly WaitingTask[] | undefined {
    const union = this.#unions.get(id) ?? { size, members: new Map<TaskId, WaitingTask>() };
    this.#unions.set(id, union);
    union.members.set(task.spec.id, task);
    this.#unionOfTask.set(task.spec.id, id);
    if (union.members.size >= union.size) this.#complete.add(id);
    return this.complete(id);
  }

  /** Takes a task out; answers the id of its union, or undefined if it is in none. */
  remove(taskId: TaskId): string | undefined {
    const id = this.#unionOfTask.get(taskId);
    if (id === undefined) return undefined;
    this.#unionOfTask.delete(taskId);
    const members = this.#unions.get(id)?.members;
    members?.delete(taskId);
    if (!this.complete(id)) this.#complete.delete(id);
    if (members?.size === 0) this.#unions.delete(id);
    return id;
  }

  /** All tasks of a union, in the order of their numbers, if none is missing. */
  complete(id: string): readonly WaitingTask[] | undefined {
    const union = this.#unions.get(id);
    if (!union || union.members.size < union.size) return undefined;
    return [...union.members.values()].sort((a, b) => a.sequence - b.sequence);
  }

  /** The tasks that wait, of unions that are complete and others. */
  *tasks(): IterableIterator<WaitingTask> {
    for (const { members } of this.#unions.values()) yield* members.values();
  }
}

const together = <Item>(lists: readonly (readonly Item[] | undefined)[]): Item[] =>
  lists.flatMap((list) => list ?? []);

const scalarsOf = (tasks: readonly TaskResources[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const { scalars } of tasks) {
    for (const [name, amount] of Object.entries(scalars ?? {})) {
      sums[name] = Math.round(((sums[name] ?? 0) + amount) * 1000) / 1000;
    }
  }
  return sums;
};

const setsOf = (tasks: readonly TaskResources[]): Record<string, string[]> => {
  const sets: Record<string, string[]> = {};
  for (const { sets: wanted } of tasks) {
    for (const [name, items] of Object.entries(wanted ?? {})) sets[name] = [...(sets[name] ?? []), ...items];
  }
  return sets;
};

const sum = (values: readonly number[]): number =>
  Math.round(values.reduce((total, value) => total + value, 0) * 1000) / 1000;

/** What tasks that share an agent ask for in all. */
export function resourcesTogether(tasks: readonly TaskResources[]): TaskResources {
  const fixed = together(tasks.map(({ ports }) => ports?.fixed));
  const any = sum(tasks.map(({ ports }) => ports?.any ?? 0));
  const volumes = together(tasks.map((task) => task.volumes));
  const disks = together(tasks.map((task) => task.disks));
  const [scalars, sets] = [scalarsOf(tasks), setsOf(tasks)];
  const { reservation, revocable } = tasks[0] ?? {};
  return {
    cpus: sum(tasks.map(({ cpus }) => cpus)),
    mem: sum(tasks.map(({ mem }) => mem)),
    disk: sum(tasks.map(({ disk }) => disk)),
    gpus: sum(tasks.map(({ gpus }) => gpus ?? 0)),
    ...(Object.keys(scalars).length > 0 && { scalars }),
    ...(Object.keys(sets).length > 0 && { sets }),
    ...(fixed.length + any > 0 && { ports: { any, fixed } }),
    ...(volumes.length > 0 && { volumes }),
    ...(disks.length > 0 && { disks }),
    ...(reservation !== undefined && { reservation }),
    ...(revocable !== undefined && { revocable }),
  };
}

/** Why tasks can never be one group, or undefined: what they take is added up, so that it must come from the same. */
export function groupFault(tasks: readonly WaitingTask[]): string | undefined {
  const sources = tasks.map(({ resources: { revocable = false, reservation } }) =>
    JSON.stringify([revocable, reservation]),
  );
  return new Set(sources).size > 1
    ? 'all tasks of a group must agree in resources.revocable and resources.reservation, and these do not'
    : undefined;
}

/**
 * A group as one task that asks for all that its tasks ask for, on an agent that suits them all. What its constraints
 * count is looked at before the group is placed, not between its tasks, which are on one agent by intent.
 */
export function groupAsTask(id: string, tasks: readonly WaitingTask[]): WaitingTask | undefined {
  const [first] = tasks;
  if (!first) return undefined;
  const { name, command, environment, retries, role, user, queue, priority, placement } = first.spec;
  const runs = tasks.map(({ spec }) => spec.expectedRunSeconds ?? spec.maximumRunSeconds);
  const isKnown = runs.every((run) => run !== undefined);
  const resources = resourcesTogether(tasks.map((task) => task.resources));
  const [constraints, preferences] = [
    together(tasks.map(({ spec }) => spec.constraints)),
    together(tasks.map(({ spec }) => spec.preferences)),
  ];
  return {
    spec: {
      ...{ id, name, command, environment, retries, resources },
      ...(role !== undefined && { role }),
      ...(user !== undefined && { user }),
      ...(queue !== undefined && { queue }),
      ...(priority !== undefined && { priority }),
      ...(placement !== undefined && { placement }),
      ...(isKnown && { expectedRunSeconds: Math.max(...runs.map((run) => run ?? 0)) }),
      ...(constraints.length > 0 && { constraints }),
      ...(preferences.length > 0 && { preferences }),
      tags: [...new Set(together(tasks.map(({ spec }) => spec.tags)))],
    },
    resources,
    tasks: tasks.length,
    sequence: first.sequence,
    since: Math.max(...tasks.map(({ since }) => since)),
  };
}

/** What of a group's ports and disks is whose: each task's fixed ports and its part of the others. */
export function divideAssigned(
  assigned: AssignedResources | undefined,
  tasks: readonly TaskResources[],
): (AssignedResources | undefined)[] {
  const allFixed = together(tasks.map(({ ports }) => ports?.fixed));
  const others = (assigned?.ports ?? []).slice(allFixed.length);
  const allDisks = [...(assigned?.disks ?? [])];
  return tasks.map((task) => {
    const ports = [...(task.ports?.fixed ?? []), ...others.splice(0, task.ports?.any ?? 0)];
    const disks = allDisks.splice(0, task.disks?.length ?? 0);
    if (ports.length + disks.length === 0) return undefined;
    return { ...(ports.length > 0 && { ports }), ...(disks.length > 0 && { disks }) };
  });
}
