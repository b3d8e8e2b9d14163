import type { TaskInfo } from '../src/gen/mesos.ts';

/** A task as an agent tells its executor of it. */
export const launchedTask = (id: string): TaskInfo => ({
  name: id,
  task_id: { value: id },
  agent_id: { value: 'agent-1' },
});
