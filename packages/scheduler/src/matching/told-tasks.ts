import { amountsOf } from '../fairness/amounts.ts';
import type { AgentId } from '../model/agent.ts';
import type { TaskResources } from '../model/amounts.ts';
import type { AttemptId, TaskId, TaskSpec } from '../model/task.ts';
import type { AgentAttempts } from './agent-attempts.ts';
import type { PlacedTask } from './match-decisions.ts';
import type { Occupant, Occupants } from './occupants.ts';
import type { HeldTask } from './round-parts.ts';
import type { WaitingTask } from './shape.ts';
import { divideAssigned } from './task-unions.ts';

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

/** Tasks that were placed and told of, until their attempts start: what is still here at the next call never did. */
export class ToldTasks {
  readonly #occupants: Occupants;
  readonly #attempts: AgentAttempts;
  readonly #told = new Map<TaskId, Occupant>();

  constructor(occupants: Occupants, attempts: AgentAttempts) {
    this.#occupants = occupants;
    this.#attempts = attempts;
  }

  /** Notes that a task is told of. */
  placed({ entry, occupant, taken, demandClass }: HeldTask): PlacedTask {
    this.#told.set(entry.id, occupant);
    demandClass.placed++;
    const { resources } = demandClass.shape.demand;
    return { taskId: entry.id, resources, ...(taken?.assigned && { assigned: taken.assigned }) };
  }

  /** Notes that the tasks of a group are told of: from here on each of them counts, and not the group. */
  placedGroup(
    { occupant, taken, demandClass }: HeldTask,
    groupId: string,
    tasks: readonly WaitingTask[],
  ): PlacedTask[] {
    demandClass.placed++;
    const parts = divideAssigned(
      taken?.assigned,
      tasks.map(({ resources }) => resources),
    );
    this.#occupants.remove(occupant);
    return tasks.map(({ spec, resources }, index) => {
      const member = occupantOf(spec, resources, occupant.agentId);
      this.#occupants.add(member, true);
      this.#told.set(spec.id, member);
      const assigned = parts[index];
      return { taskId: spec.id, resources, groupId, ...(assigned && { assigned }) };
    });
  }

  /** An attempt is out; `startedAt` is milliseconds on a clock that never jumps. */
  started({ attemptId, spec, resources, agentId, expectedEnd }: StartedAttempt, startedAt: number): void {
    const told = this.#told.get(spec.id);
    const isPlaced = told?.agentId === agentId;
    if (isPlaced) this.#told.delete(spec.id);
    else this.neverStarted(spec.id);
    const occupant = isPlaced ? told : occupantOf(spec, resources, agentId);
    if (!isPlaced) this.#occupants.add(occupant, true);
    // One that was ended would end the others that belong to it.
    const priority = spec.gang || spec.group ? Number.POSITIVE_INFINITY : (spec.priority ?? 0);
    const amounts = amountsOf(resources);
    this.#attempts.add({ attemptId, occupant, amounts, priority, expectedEnd, startedAt, isEnding: false });
  }

  /** What was placed and told of, and did not start, does not count any more. */
  neverStarted(taskId: TaskId): void {
    const occupant = this.#told.get(taskId);
    if (!occupant) return;
    this.#told.delete(taskId);
    this.#occupants.remove(occupant);
  }

  /** None of those that are still to start will. */
  noneStarted(): void {
    for (const taskId of this.#told.keys()) this.neverStarted(taskId);
  }
}

const occupantOf = (spec: TaskSpec, resources: TaskResources, agentId: AgentId): Occupant => {
  const { queue = '', user = '', tags = [], constraints = [] } = spec;
  const exclusive = constraints.some(({ type }) => type === 'exclusive');
  return { agentId, queue, user, resources, tags, exclusive };
};
