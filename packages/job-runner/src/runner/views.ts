import type { AgentView, AttemptView, JobResources, TaskView, WaitingView } from '@galaxy-mesos/galaxy-jobs';
import {
  type AgentStatus,
  type Attempt,
  describeBriefly,
  isTerminal,
  type TaskResources,
  type WaitingExplanation,
} from '@galaxy-mesos/scheduler';
import type { BookedTask } from '../task-book.ts';
import type { JobEntry } from './job-entry.ts';
import type { JobTable } from './job-table.ts';

const mostJobsNamed = 100;

/** An attempt as others see it. */
export function attemptView({ taskId: _taskId, ...attempt }: Attempt): AttemptView {
  return attempt;
}

/** A task as others see it. */
export const taskView = ({ id, isQuiet }: JobEntry, { spec, state, attempts }: BookedTask): TaskView => ({
  id: spec.id,
  jobId: id,
  name: spec.name,
  state,
  attempts: attempts.map((attempt) =>
    attemptView(state === 'cancelled' ? asKilled(attempt, isQuiet) : attempt),
  ),
});

/** Of a task that is not wanted any more nothing is stored: what runs is ended, as often as it takes. */
const asKilled = (attempt: Attempt, isQuiet: boolean): Attempt =>
  isTerminal(attempt.state) ? attempt : { ...attempt, state: isQuiet ? 'TASK_KILLED' : 'TASK_KILLING' };

/** An agent as others see it. */
export const agentView = ({
  id,
  hostname,
  attributes,
  total,
  used,
  attempts,
  avoidedSeconds,
}: AgentStatus): AgentView => ({
  id,
  hostname,
  attributes,
  ...(total && { total }),
  used,
  tasks: attempts,
  ...(avoidedSeconds !== undefined && {
    avoided: `too much failed there, one after the other; nothing is put there for ${Math.ceil(avoidedSeconds)} s`,
  }),
});

/** Why tasks wait, as others see it. */
export function waitingView({ taskIds, explanation }: WaitingExplanation, table: JobTable): WaitingView {
  const jobs = new Set<string>();
  for (const id of taskIds) {
    const entry = jobs.size < mostJobsNamed ? table.ofTask(id) : undefined;
    if (entry) jobs.add(entry.id);
  }
  return {
    tasks: explanation.demand.waiting,
    jobs: [...jobs],
    resources: resourcesView(explanation.demand.resources),
    reason: describeBriefly(explanation),
    impossible: explanation.impossible,
  };
}

const resourcesView = ({ cpus, mem, disk, gpus }: TaskResources): JobResources => ({
  cpus,
  mem,
  disk,
  ...(gpus !== undefined && { gpus }),
});
