import type { AttemptState } from '@galaxy-mesos/scheduler';
import { type AgentTask, taskKey } from '../agent/agent-task.ts';
import type { SimulatedAgent } from '../agent/simulated-agent.ts';
import { AgentEntry } from './agent-entry.ts';
import { Framework, isOver, type MasterTask } from './framework.ts';
import type { MasterState } from './master-state.ts';

interface Loss {
  /** For frameworks that are partition-aware; others are told LOST. */
  readonly state: AttemptState;
  readonly reason: string;
  readonly message: string;
}

const unreachable: Loss = {
  state: 'TASK_UNREACHABLE',
  reason: 'REASON_AGENT_REMOVED',
  message: 'health check timed out',
};
const gone: Loss = {
  state: 'TASK_GONE_BY_OPERATOR',
  reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
  message: 'Agent has been marked gone',
};

/** The agents of a master: how they come, go, and come again. */
export class AgentBook {
  readonly #state: MasterState;

  constructor(state: MasterState) {
    this.#state = state;
  }

  /** An agent says that it is there. */
  register(agent: SimulatedAgent): void {
    const { registry } = this.#state.parts;
    if (registry.gone.has(agent.id)) {
      this.#shutDown(agent);
      return;
    }
    const known = this.#state.entries.get(agent.id);
    if (known) this.#reconnect(known);
    else this.#admit(agent);
    agent.registered();
    this.#state.after(0, () => this.#state.allocator.allocate());
  }

  /** The connection to the process of an agent has broken. */
  disconnected(agentId: string): void {
    const entry = this.#state.entries.get(agentId);
    if (!entry) return;
    entry.isConnected = false;
    this.#state.rescindOffers(entry);
    const loss = {
      reason: 'REASON_AGENT_DISCONNECTED',
      message: `Agent ${entry.facts.hostname} disconnected`,
    };
    for (const task of [...entry.tasks])
      if (!task.framework.info.checkpoint) this.#lose(task, { state: 'TASK_LOST', ...loss });
  }

  /** Nothing was heard of an agent for too long. */
  markUnreachable(agentId: string): void {
    const { registry, time } = this.#state.parts;
    registry.unreachable.set(agentId, time.date);
    this.#remove(agentId, unreachable);
  }

  /** An operator says that the agent will never come back, which may be wrong. */
  markGone(agentId: string): void {
    const { registry } = this.#state.parts;
    const agent = registry.admitted.get(agentId);
    registry.gone.add(agentId);
    registry.unreachable.delete(agentId);
    this.#remove(agentId, gone);
    registry.admitted.delete(agentId);
    if (agent?.isConnected) this.#shutDown(agent);
  }

  /** The agent is away for good: another has come in its place, or it was shut down. */
  removed(agentId: string, why: string): void {
    const { hostname = '' } = this.#state.entries.get(agentId)?.facts ?? {};
    const message = `Agent ${hostname} removed: ${why}`;
    this.#remove(agentId, { state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED', message });
    this.#state.parts.registry.admitted.delete(agentId);
  }

  #remove(agentId: string, loss: Loss): void {
    this.#state.recovered.delete(agentId);
    const entry = this.#state.entries.get(agentId);
    if (entry) {
      // First of all, so that nothing that becomes free is offered again.
      entry.isConnected = false;
      for (const task of [...entry.tasks]) this.#lose(task, loss);
      this.#state.rescindOffers(entry);
      this.#state.entries.delete(agentId);
      this.#state.allocator.agentAdded(entry, -1);
    }
    for (const framework of this.#state.frameworks.values()) framework.tell({ type: 'FAILURE', agentId });
  }

  #lose(task: MasterTask, { state, reason, message }: Loss): void {
    const wasOver = isOver(task);
    this.#state.forget(task);
    if (wasOver) return;
    const { framework, entry, launch } = task;
    const told = framework.info.isPartitionAware ? state : 'TASK_LOST';
    this.#state.tellOf(framework, { taskId: launch.taskId, state: told, agentId: entry.id, reason, message });
  }

  /** Told by the master that it is not wanted, an agent ends all it runs, and itself. */
  #shutDown(agent: SimulatedAgent): void {
    for (const { framework } of [...agent.tasks.values()]) agent.shutDownFramework(framework.id);
    agent.isRegistered = false;
    agent.isUp = false;
  }

  /** One that was away so shortly that it kept its place. */
  #reconnect(entry: AgentEntry): void {
    entry.isConnected = true;
    for (const kill of entry.killsToSend.splice(0)) kill();
    for (const task of [...entry.tasks]) {
      const { framework, launch } = task;
      const key = taskKey(framework.id, launch.taskId);
      // Launched, but it never arrived.
      if (!entry.agent.tasks.has(key) && !isOver(task)) entry.agent.disown(framework.info, launch.taskId);
    }
    for (const task of entry.agent.tasks.values())
      if (!this.#state.frameworks.get(task.framework.id)?.tasks.has(task.launch.taskId))
        this.#adopt(entry, task);
    this.#state.allocator.consider(entry);
  }

  #admit(agent: SimulatedAgent): void {
    const { registry } = this.#state.parts;
    const wasUnreachable = registry.unreachable.delete(agent.id);
    registry.admitted.set(agent.id, agent);
    this.#state.recovered.delete(agent.id);
    const entry = new AgentEntry(agent, registry.unavailability.get(agent.id));
    this.#state.entries.set(agent.id, entry);
    this.#state.allocator.agentAdded(entry, 1);
    this.#state.allocator.consider(entry);
    for (const task of [...agent.tasks.values()]) {
      const adopted = this.#adopt(entry, task);
      if (adopted && wasUnreachable) this.#tellReturned(adopted);
    }
  }

  /** Takes in a task that an agent brings along. */
  #adopt(entry: AgentEntry, { framework: info, launch, state, unacknowledged }: AgentTask) {
    const { frameworks, removedFrameworks } = this.#state;
    if (removedFrameworks.has(info.id)) {
      entry.agent.shutDownFramework(info.id);
      return undefined;
    }
    const framework = frameworks.get(info.id) ?? new Framework(info);
    frameworks.set(info.id, framework);
    const [head] = unacknowledged;
    const told = { toldState: head?.state ?? state, toldUuid: head?.uuid };
    const task: MasterTask = { framework, entry, launch, state, ...told };
    this.#state.enter(task);
    return task;
  }

  #tellReturned({ framework, entry, launch, state }: MasterTask): void {
    const message = 'Unreachable agent re-reregistered';
    const words = { reason: 'REASON_AGENT_REREGISTERED', message };
    this.#state.tellOf(framework, { taskId: launch.taskId, state, agentId: entry.id, ...words });
  }
}
