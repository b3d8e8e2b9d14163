import type { AgentFacts } from '../model/agent.ts';
import type { AssignedResources, TaskResources } from '../model/amounts.ts';
import type { AttemptId, TaskId } from '../model/task.ts';
import type { OfferId } from '../ports/driver.ts';

/** A task that was given a place. */
export interface PlacedTask {
  readonly taskId: TaskId;
  /** What it asks for; it is the launch that must name it, since a spec may ask for something else by then. */
  readonly resources: TaskResources;
  readonly assigned?: AssignedResources;
  /** Tasks of one placement that bear the same id are started together or not at all. */
  readonly groupId?: string;
}

/** What is to be started with offers of one agent for one role; they are used up by it. */
export interface Placement {
  readonly offerIds: readonly OfferId[];
  readonly agent: AgentFacts;
  readonly role?: string;
  readonly tasks: readonly PlacedTask[];
}

/** Offers that are given back. */
export interface Refusal {
  readonly offerIds: readonly OfferId[];
  readonly refuseSeconds: number;
}

/** Tasks that no agent of a cluster that will never have others could run; they do not wait any more. */
export interface ImpossibleTasks {
  readonly taskIds: readonly TaskId[];
  /** For people: what they ask for and what there is. */
  readonly reason: string;
}

/** What the matcher decided. */
export interface MatchDecisions {
  readonly placements: readonly Placement[];
  readonly declined: readonly Refusal[];
  /** Attempts to be ended to make room. */
  readonly preempted: readonly AttemptId[];
  readonly impossible: readonly ImpossibleTasks[];
  /** There is more to do: to be called again, after others have had their turn. */
  readonly more: boolean;
}
