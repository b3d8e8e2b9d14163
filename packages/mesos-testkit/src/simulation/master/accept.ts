import { type Bag, containsBag, describeBag, isEmptyBag, subtractBags } from '../resources/bag.ts';
import type { FrameworkCall, SimulatedOffer, TaskLaunch, TaskStatus } from '../vocabulary.ts';
import type { Framework } from './framework.ts';

type Accept = Extract<FrameworkCall, { type: 'ACCEPT' }>;

/** A task that is not launched, and what the framework is told of it. */
export type Refusal = Pick<TaskStatus, 'taskId' | 'state' | 'reason' | 'message'>;

/** What becomes of the tasks of an ACCEPT whose offers are valid. */
export interface AcceptPlan {
  readonly launches: readonly TaskLaunch[];
  readonly refusals: readonly Refusal[];
}

const longestId = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what Mesos refuses.
const forbidden = /[/\\\u0000-\u001f\u007f]/;

function idProblem(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  if (Buffer.byteLength(id) > longestId) return `ID must not be greater than ${longestId} characters`;
  return forbidden.test(id) ? `'${id}' contains invalid characters` : undefined;
}

type IsTaken = (taskId: string) => boolean;

function taskProblem({ taskId, bag }: TaskLaunch, isTaken: IsTaken, left: Bag): string | undefined {
  const problem = idProblem(taskId);
  if (problem !== undefined) return problem;
  if (isTaken(taskId)) return `Task has duplicate ID: ${taskId}`;
  if (isEmptyBag(bag)) return 'Task uses no resources';
  if (containsBag(left, bag)) return undefined;
  return `Total resources ${describeBag(bag)} required by task and its executor is more than available ${describeBag(left)}`;
}

/** Tasks that are launched together, in the order of the call. */
function groupsOf(tasks: readonly TaskLaunch[]): readonly (readonly TaskLaunch[])[] {
  const groups = new Map<string, TaskLaunch[]>();
  return tasks.flatMap((task) => {
    if (task.groupId === undefined) return [[task]];
    const group = groups.get(task.groupId);
    group?.push(task);
    if (group) return [];
    const made = [task];
    groups.set(task.groupId, made);
    return [made];
  });
}

/** Why none of the offers of a call may be used; `undefined` if all are of one agent, one role and this framework. */
export function offersProblem(
  ids: readonly string[],
  find: (id: string) => SimulatedOffer | undefined,
  framework: Framework,
): string | undefined {
  const seen = new Set<string>();
  let first: SimulatedOffer | undefined;
  for (const id of ids) {
    if (seen.has(id)) return `Duplicate offer ${id} in offer list`;
    seen.add(id);
    const offer = find(id);
    if (!offer) return `Offer ${id} is no longer valid`;
    first ??= offer;
    if (offer.frameworkId !== framework.id) return `Offer ${id} has invalid framework ${offer.frameworkId}`;
    if (offer.entry !== first.entry) return `Aggregated offers must belong to one single agent`;
    if (offer.role !== first.role) return `Aggregated offers must be allocated to one single role`;
  }
  return undefined;
}

/** What is left after a group, or why the group cannot be launched. */
function planGroup(group: readonly TaskLaunch[], isTaken: IsTaken, left: Bag): Bag | string {
  const ids = new Set<string>();
  let rest = left;
  for (const task of group) {
    const problem = taskProblem(task, (id) => ids.has(id) || isTaken(id), rest);
    if (problem !== undefined) return problem;
    ids.add(task.taskId);
    rest = subtractBags(rest, task.bag);
  }
  return rest;
}

/** Divides what was offered among the tasks, as Mesos validates them: one by one, each by what those before left. */
export function planAccept({ tasks }: Accept, offered: Bag, framework: Framework): AcceptPlan {
  const launches: TaskLaunch[] = [];
  const refusals: Refusal[] = [];
  const ids = new Set<string>();
  const isTaken = (id: string) => ids.has(id) || framework.tasks.has(id);
  let left = offered;
  for (const group of groupsOf(tasks)) {
    const rest = planGroup(group, isTaken, left);
    if (typeof rest === 'string') {
      const reason = group[0]?.groupId === undefined ? 'REASON_TASK_INVALID' : 'REASON_TASK_GROUP_INVALID';
      for (const { taskId } of group) refusals.push({ taskId, state: 'TASK_ERROR', reason, message: rest });
      continue;
    }
    for (const { taskId } of group) ids.add(taskId);
    launches.push(...group);
    left = rest;
  }
  return { launches, refusals };
}
