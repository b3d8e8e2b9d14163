import type { RealMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import type { ContainerID } from '../src/gen/mesos.ts';
import { AgentClient, agentAddressOf, MasterClient, sandboxPath } from '../src/index.ts';
import { TestScheduler } from './framework.ts';

/** A task that runs on a real cluster, seen as an operator sees it. */
export class RunningTask {
  readonly id: string;
  readonly scheduler: TestScheduler;
  /** Address of the agent that runs it. */
  readonly agent: string;
  readonly agentId: string;

  private constructor(id: string, scheduler: TestScheduler, agent: string, agentId: string) {
    this.id = id;
    this.scheduler = scheduler;
    this.agent = agent;
    this.agentId = agentId;
  }

  /** Starts a framework of its own and a shell command in it. */
  static async start(cluster: RealMesos, id: string, command: string): Promise<RunningTask> {
    const scheduler = new TestScheduler({ master: cluster.url });
    await scheduler.start();
    const { agent_id } = await scheduler.launch(id, command);
    await scheduler.updateTo(id, 'TASK_RUNNING');
    await using master = new MasterClient({ master: cluster.url });
    const { agents = [] } = await master.call({ type: 'GET_AGENTS' });
    const pid = agents.find(({ agent_info }) => agent_info.id?.value === agent_id.value)?.pid;
    return new RunningTask(id, scheduler, agentAddressOf(pid) ?? '', agent_id.value);
  }

  get frameworkId(): string {
    return this.scheduler.session.frameworkId ?? '';
  }

  /** The path of its sandbox. */
  get sandbox(): string {
    return sandboxPath({ frameworkId: this.frameworkId, executorId: this.id });
  }

  /** The container of its executor. */
  async containerId(): Promise<ContainerID> {
    await using agent = new AgentClient({ agent: this.agent });
    const { containers = [] } = await agent.call({ type: 'GET_CONTAINERS' });
    const own = containers.find(({ executor_id }) => executor_id?.value === this.id);
    if (!own) throw new Error(`no container of ${this.id}`);
    return own.container_id;
  }

  /** Disconnects; the task runs on. */
  async close(): Promise<void> {
    await this.scheduler.session.close();
  }
}
