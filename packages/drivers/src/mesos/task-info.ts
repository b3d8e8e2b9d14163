import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch } from '@galaxy-mesos/scheduler';

/** 100 years; Mesos counts nanoseconds in 64 bits, which last for 292. */
const longestSeconds = 100 * 365 * 86_400;

/** Seconds as Mesos takes them; not negative, and never more than 100 years. */
export const duration = (seconds: number): mesos.DurationInfo => ({
  nanoseconds: BigInt(Math.round(Math.min(Math.max(seconds, 0), longestSeconds) * 1e9)),
});

/** What all tasks of a driver have in common. */
export interface TaskDefaults {
  /** What a launch sets itself goes before. */
  readonly environment: Readonly<Record<string, string>>;
  readonly killGraceSeconds: number;
}

/** An attempt as Mesos takes it: a command for the command executor. */
export function taskInfo(
  launch: Launch,
  agentId: string,
  resources: readonly mesos.Resource[],
  defaults: TaskDefaults,
): mesos.TaskInfo {
  const environment = { ...defaults.environment, ...launch.environment };
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return {
    name: launch.name,
    task_id: { value: launch.attemptId },
    agent_id: { value: agentId },
    resources,
    command: { shell: true, value: launch.command, environment: { variables } },
    // Mesos's own command executor heeds only the task's policy, not the one that comes with KILL.
    kill_policy: { grace_period: duration(defaults.killGraceSeconds) },
    ...(launch.maximumRunSeconds !== undefined && {
      max_completion_time: duration(launch.maximumRunSeconds),
    }),
  };
}
