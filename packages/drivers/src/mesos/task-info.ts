import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch } from '@galaxy-mesos/scheduler';

const nanosecondsPerSecond = 1e9;

const duration = (seconds: number): mesos.DurationInfo => ({
  nanoseconds: BigInt(Math.round(seconds * nanosecondsPerSecond)),
});

/** An attempt as Mesos takes it: a command for the command executor. */
export function taskInfo(
  launch: Launch,
  agentId: string,
  resources: readonly mesos.Resource[],
  common: { readonly environment: Readonly<Record<string, string>>; readonly killGraceSeconds: number },
): mesos.TaskInfo {
  const environment = { ...common.environment, ...launch.environment };
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return {
    name: launch.name,
    task_id: { value: launch.attemptId },
    agent_id: { value: agentId },
    resources,
    command: { shell: true, value: launch.command, environment: { variables } },
    // Mesos's own command executor heeds only the task's policy, not the one that comes with KILL.
    kill_policy: { grace_period: duration(common.killGraceSeconds) },
    ...(launch.maximumRunSeconds !== undefined && {
      max_completion_time: duration(launch.maximumRunSeconds),
    }),
  };
}
