import type { master, mesos } from '@galaxy-mesos/mesos-client';
import type { AgentEntry } from '../master/agent-entry.ts';
import { isOver, type MasterTask } from '../master/framework.ts';
import { addBags, type Bag, emptyBag } from '../resources/bag.ts';
import type { SimulatedCluster } from '../simulated-cluster.ts';
import { attributesOf, domainOf } from './mesos-events.ts';
import { resourcesOf } from './mesos-resources.ts';

const sumOf = (bags: readonly Bag[]): Bag => bags.reduce(addBags, emptyBag);

function agentInfo({ facts, agent }: AgentEntry): mesos.AgentInfo {
  return {
    id: { value: facts.id },
    hostname: facts.hostname,
    port: 5051,
    resources: resourcesOf(agent.total),
    attributes: attributesOf(facts),
    ...domainOf(facts),
  };
}

function agentOf(entry: AgentEntry): master.Response.GetAgents.Agent {
  const used = [...entry.tasks].filter((task) => !isOver(task)).map(({ launch }) => launch.bag);
  return {
    agent_info: agentInfo(entry),
    active: entry.isConnected,
    deactivated: entry.isDeactivated,
    version: '1.11.0',
    pid: 'slave(1)@127.0.0.1:5051',
    total_resources: resourcesOf(entry.agent.total),
    allocated_resources: resourcesOf(sumOf(used)),
    offered_resources: resourcesOf(sumOf([...entry.offers].map(({ bag }) => bag))),
  };
}

/** What GET_AGENTS tells. */
export const agentsOf = ({ master }: SimulatedCluster): master.Response.GetAgents => ({
  agents: [...(master?.state.entries.values() ?? [])].map(agentOf),
  recovered_agents: [...(master?.state.recovered.values() ?? [])].map(({ facts, total }) => ({
    id: { value: facts.id },
    hostname: facts.hostname,
    resources: resourcesOf(total),
  })),
});

const taskOf = ({ framework, entry, launch, state }: MasterTask): mesos.Task => ({
  name: launch.taskId,
  task_id: { value: launch.taskId },
  framework_id: { value: framework.id },
  agent_id: { value: entry.id },
  state,
  resources: resourcesOf(launch.bag),
});

/** What GET_TASKS tells. */
export function tasksOf({ master }: SimulatedCluster): master.Response.GetTasks {
  const tasks = [...(master?.state.frameworks.values() ?? [])].flatMap((framework) => [
    ...framework.tasks.values(),
  ]);
  return {
    tasks: tasks.filter((task) => !isOver(task)).map(taskOf),
    completed_tasks: tasks.filter(isOver).map(taskOf),
  };
}
