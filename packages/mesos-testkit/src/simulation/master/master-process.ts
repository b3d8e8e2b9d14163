import type { AgentTask } from '../agent/agent-task.ts';
import type { SimulatedAgent } from '../agent/simulated-agent.ts';
import type { CallAnswer, FrameworkCall, FrameworkInfo, Subscriber, TaskStatus } from '../vocabulary.ts';
import { AgentBook } from './agent-book.ts';
import { CallDesk } from './call-desk.ts';
import { Drains } from './drains.ts';
import { type Framework, isOver } from './framework.ts';
import { FrameworkBook, type SubscribeOptions } from './framework-book.ts';
import { Maintenance } from './maintenance.ts';
import { type MasterParts, MasterState } from './master-state.ts';

const accepted: CallAnswer = { status: 202 };

/** One process of a master, from its election to its death. */
export class MasterProcess {
  readonly state: MasterState;
  readonly agents: AgentBook;
  readonly frameworks: FrameworkBook;
  readonly maintenance: Maintenance;
  readonly drains: Drains;
  readonly #calls: CallDesk;

  constructor(parts: MasterParts) {
    this.state = new MasterState(parts);
    this.agents = new AgentBook(this.state);
    this.frameworks = new FrameworkBook(this.state);
    this.maintenance = new Maintenance(this.state);
    this.drains = new Drains(this.state, this.agents);
    this.#calls = new CallDesk(this.state, this);
    this.#expectAgents();
    this.#allocateForEver();
  }

  subscribe(
    info: FrameworkInfo,
    subscriber: Subscriber,
    options: SubscribeOptions = {},
  ): Framework | undefined {
    return this.frameworks.subscribe(info, subscriber, options);
  }

  /** Takes a call of a framework, or refuses it in the words of Mesos. */
  call(frameworkId: string, subscriber: Subscriber, call: FrameworkCall): CallAnswer {
    const framework = this.state.frameworks.get(frameworkId);
    if (!framework) return { status: 400, message: 'Framework cannot be found' };
    if (!framework.subscriber) return { status: 403, message: 'Framework is not subscribed' };
    if (framework.subscriber !== subscriber) return { status: 400, message: "The stream ID didn't match" };
    this.#calls.take(framework, call);
    return call.type === 'UPDATE_FRAMEWORK' ? { status: 200 } : accepted;
  }

  /** An update of an agent has arrived. */
  hear(agent: SimulatedAgent, { framework: info, state: latest }: AgentTask, status: TaskStatus): void {
    const entry = this.state.entries.get(agent.id);
    const framework = this.state.frameworks.get(info.id);
    if (!entry?.isConnected || !framework) return;
    const task = framework.tasks.get(status.taskId);
    if (task?.entry === entry) {
      const wasOver = isOver(task);
      task.toldState = status.state;
      task.toldUuid = status.uuid;
      // A zombie that says again what it said long ago changes nothing.
      if (!wasOver) task.state = latest;
      if (!wasOver && isOver(task)) this.state.offers.release(task);
    }
    framework.tell({ type: 'UPDATE', status });
  }

  /** Agents of the master before this one have so long to come back. */
  #expectAgents(): void {
    const { settings, registry } = this.state.parts;
    for (const [id, agent] of registry.admitted)
      if (!registry.unreachable.has(id)) this.state.recovered.set(id, agent);
    this.state.after(settings.reregisterTimeoutSeconds * 1000, () => {
      for (const id of [...this.state.recovered.keys()]) this.agents.markUnreachable(id);
    });
  }

  #allocateForEver(): void {
    const { settings, time } = this.state.parts;
    this.state.after(settings.allocationSeconds * 1000, () => {
      this.#rescindOld(time.now - (settings.offerTimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000);
      this.state.allocator.allocate();
      this.maintenance.askAll();
      this.#allocateForEver();
    });
  }

  #rescindOld(before: number): void {
    // In the order in which they were made.
    for (const offer of this.state.offers.all) {
      if (offer.since > before) return;
      const framework = this.state.frameworks.get(offer.frameworkId);
      if (framework) this.state.offers.rescind(offer, framework);
    }
  }
}
