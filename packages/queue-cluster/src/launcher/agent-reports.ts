import type { master, mesos } from '@galaxy-mesos/mesos-client';
import type { AgentReport } from '../pools/news.ts';

/** What a master says of tasks and executors. */
export interface OccupationAnswer {
  readonly tasks: master.Response.GetTasks;
  readonly executors: master.Response.GetExecutors;
}

/** How much runs on agents, by their ids. */
export type Occupation = ReadonlyMap<string, number>;

const endStates: ReadonlySet<string | undefined> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

function attributeOf({ attributes }: mesos.AgentInfo, name: string): string | undefined {
  return attributes?.find((attribute) => attribute.name === name)?.text?.value;
}

/** An executor has an agent's id and its own, which it shares with those of other frameworks and agents. */
function executorKey(agent: string, framework: string | undefined, executor: string): string {
  return JSON.stringify([agent, framework, executor]);
}

/** How much runs on each agent: tasks that have not ended, and executors without any. */
export function occupationOf({ tasks, executors }: OccupationAnswer): Occupation {
  const counts = new Map<string, number>();
  const used = new Set<string>();
  const add = (agent: string) => counts.set(agent, (counts.get(agent) ?? 0) + 1);
  for (const task of tasks.tasks ?? []) {
    if (endStates.has(task.state)) continue;
    add(task.agent_id.value);
    // A command's executor has the id of its task.
    const executor = task.executor_id?.value ?? task.task_id.value;
    used.add(executorKey(task.agent_id.value, task.framework_id.value, executor));
  }
  for (const { agent_id, executor_info: info } of executors.executors ?? [])
    if (!used.has(executorKey(agent_id.value, info.framework_id?.value, info.executor_id.value)))
      add(agent_id.value);
  return counts;
}

/** Whether anything at all runs on an agent. */
export function isOccupied({ allocated_resources: allocated }: master.Response.GetAgents.Agent): boolean {
  return allocated !== undefined && allocated.length > 0;
}

/**
 * The agents of a cluster that a master tells of. Those of pilots say so by their attributes `cluster` and `pilot`. How
 * much runs on them may be known from a while ago; whether anything does is known from now.
 */
export function agentReportsOf(
  cluster: string,
  { agents = [], recovered_agents: recovered = [] }: master.Response.GetAgents,
  occupation: Occupation,
): readonly AgentReport[] {
  const reportOf = (info: mesos.AgentInfo): AgentReport | undefined => {
    const pilot = attributeOf(info, 'pilot');
    const agentId = info.id?.value;
    if (pilot === undefined || agentId === undefined || attributeOf(info, 'cluster') !== cluster)
      return undefined;
    return { agentId, pilot, isConnected: false, isActive: false, isDraining: false, tasks: 0 };
  };
  const here = agents.map((agent) => {
    const report = reportOf(agent.agent_info);
    const isDeactivated = agent.deactivated === true;
    const isDraining = agent.drain_info !== undefined;
    // One that was deactivated is inactive whether it is connected or not; the master does not say which.
    const isConnected = agent.active || isDeactivated;
    const isActive = agent.active && !isDeactivated && !isDraining;
    const tasks = isOccupied(agent) ? Math.max(1, occupation.get(report?.agentId ?? '') ?? 1) : 0;
    return report && { ...report, isConnected, isActive, isDraining, tasks };
  });
  // Known from the registry, and not yet back after a failover.
  return [...here, ...recovered.map(reportOf)].filter((report) => report !== undefined);
}
