import type { PlacedTask } from '../matching/match-decisions.ts';
import type { AgentFacts } from '../model/agent.ts';
import {
  type Attempt,
  type AttemptId,
  attemptEnvironment,
  type TaskId,
  type TaskSpec,
} from '../model/task.ts';
import type { Launch } from '../ports/driver.ts';
import type { Task } from './task-table.ts';

/** The id of an attempt by its number; {@link parseAttemptId} takes it apart. */
const attemptIdOf = (taskId: TaskId, number: number): AttemptId => `${taskId}-${number}`;

/** The next attempt at a task, which is to be launched at `date`, in milliseconds since 1970. */
export function newAttempt(task: Task, agent: AgentFacts, date: number): Attempt {
  const number = ++task.attempts;
  return {
    id: attemptIdOf(task.spec.id, number),
    taskId: task.spec.id,
    number,
    state: 'TASK_STAGING',
    agentId: agent.id,
    hostname: agent.hostname,
    launchedAt: date,
  };
}

/** What the driver is to start. */
export const describeLaunch = (spec: TaskSpec, attempt: Attempt, placed: PlacedTask): Launch => ({
  attemptId: attempt.id,
  name: spec.name,
  command: spec.command,
  environment: { ...spec.environment, ...attemptEnvironment(attempt, placed.resources) },
  resources: placed.resources,
  ...(placed.assigned && { assigned: placed.assigned }),
  ...(placed.groupId !== undefined && { groupId: placed.groupId }),
  ...(spec.maximumRunSeconds !== undefined && { maximumRunSeconds: spec.maximumRunSeconds }),
  ...(spec.container && { container: spec.container }),
  ...(spec.runAs !== undefined && { runAs: spec.runAs }),
});

/** The ids of the first attempts at a task, so many. */
export const attemptIdsOf = (taskId: TaskId, count: number): AttemptId[] =>
  Array.from({ length: count }, (_, index) => attemptIdOf(taskId, index + 1));

/** The task and the number that {@link attemptIdOf} put into an id; undefined for one that was made otherwise. */
export function parseAttemptId(id: string): { readonly taskId: string; readonly number: number } | undefined {
  const [, taskId, number] = /^(.+)-([1-9][0-9]*)$/s.exec(id) ?? [];
  return taskId === undefined ? undefined : { taskId, number: Number(number) };
}
