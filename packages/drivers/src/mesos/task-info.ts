import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch } from '@galaxy-mesos/scheduler';
import { portEnvironment } from '../port-environment.ts';
import { containerInfo } from './container-info.ts';
import { gpuEnvironment } from './gpu-devices.ts';

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
  /** By which the commands on this agent are told their graphics processors, if it has any to be told apart. */
  readonly gpuVariable?: string | undefined;
}

function commandOf(
  launch: Launch,
  resources: readonly mesos.Resource[],
  defaults: TaskDefaults,
): mesos.CommandInfo {
  const environment = {
    ...defaults.environment,
    ...portEnvironment(launch.assigned),
    ...gpuEnvironment(defaults.gpuVariable, resources),
    ...launch.environment,
  };
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const { command, runAs } = launch;
  return {
    shell: true,
    value: command,
    environment: { variables },
    ...(runAs !== undefined && { user: runAs }),
  };
}

/** An attempt as Mesos takes it: a command for the command executor, or for the executor of its group. */
export function taskInfo(
  launch: Launch,
  agentId: string,
  resources: readonly mesos.Resource[],
  defaults: TaskDefaults,
): mesos.TaskInfo {
  const container = containerInfo(launch, resources);
  return {
    name: launch.name,
    task_id: { value: launch.attemptId },
    agent_id: { value: agentId },
    resources,
    command: commandOf(launch, resources, defaults),
    ...(container && { container }),
    // Mesos's own command executor heeds only the task's policy, not the one that comes with KILL.
    kill_policy: { grace_period: duration(defaults.killGraceSeconds) },
    ...(launch.maximumRunSeconds !== undefined && {
      max_completion_time: duration(launch.maximumRunSeconds),
    }),
  };
}
