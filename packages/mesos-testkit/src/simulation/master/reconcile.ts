import type { AttemptState } from '@galaxy-mesos/scheduler';
import type { Framework } from './framework.ts';
import type { MasterState } from './master-state.ts';

type Asked = { readonly taskId: string; readonly agentId?: string };

const reason = 'REASON_RECONCILIATION';

/** What is said of a task that the master does not have; `undefined`: nothing is, for it may still turn up. */
function unknownTask(state: MasterState, agentId: string | undefined): [AttemptState, string] | undefined {
  const { entries, recovered, parts } = state;
  const unknown: [AttemptState, string] = ['TASK_UNKNOWN', 'Reconciliation: Task is unknown'];
  if (agentId === undefined) return recovered.size > 0 ? undefined : unknown;
  if (recovered.has(agentId)) return undefined;
  if (entries.has(agentId)) return ['TASK_GONE', 'Reconciliation: Task is unknown to the agent'];
  if (parts.registry.unreachable.has(agentId))
    return ['TASK_UNREACHABLE', 'Reconciliation: Task is unreachable'];
  if (parts.registry.gone.has(agentId)) return ['TASK_GONE_BY_OPERATOR', 'Reconciliation: Task is gone'];
  return unknown;
}

/** Answers for one task, as recorded with Mesos 1.11.0. */
export function reconcileOne(state: MasterState, framework: Framework, { taskId, agentId }: Asked): void {
  const task = framework.tasks.get(taskId);
  if (task) {
    const message = 'Reconciliation: Latest task state';
    state.tellOf(framework, { taskId, state: task.toldState, agentId: task.entry.id, reason, message });
    return;
  }
  const answer = unknownTask(state, agentId);
  if (!answer) return;
  const [found, message] = answer;
  const told = framework.info.isPartitionAware ? found : 'TASK_LOST';
  state.tellOf(framework, {
    taskId,
    state: told,
    reason,
    message,
    ...(agentId !== undefined && { agentId }),
  });
}

/** Answers for tasks that were named, or for all that the master knows where none were. */
export function reconcile(state: MasterState, framework: Framework, tasks: readonly Asked[]): void {
  const asked = tasks.length > 0 ? tasks : [...framework.tasks.keys()].map((taskId) => ({ taskId }));
  for (const one of asked) reconcileOne(state, framework, one);
}
