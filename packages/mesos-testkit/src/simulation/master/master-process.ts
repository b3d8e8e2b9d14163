import { isTerminal } from '@galaxy-mesos/scheduler';
import type { AgentTask } from '../agent/agent-task.ts';
import type { SimulatedAgent } from '../agent/simulated-agent.ts';
import { addBags, emptyBag } from '../resources/bag.ts';
import type {
  CallAnswer,
  FrameworkCall,
  FrameworkInfo,
  SimulatedOffer,
  Subscriber,
  TaskLaunch,
  TaskStatus,
} from '../vocabulary.ts';
import { offersProblem, planAccept } from './accept.ts';
import { AgentBook } from './agent-book.ts';
import type { AgentEntry } from './agent-entry.ts';
import { Drains } from './drains.ts';
import { type Framework, isOver } from './framework.ts';
import { FrameworkBook, type SubscribeOptions } from './framework-book.ts';
import { Maintenance } from './maintenance.ts';
import { type MasterParts, MasterState } from './master-state.ts';
import { reconcile, reconcileOne } from './reconcile.ts';

type CallOf<Type extends FrameworkCall['type']> = Extract<FrameworkCall, { type: Type }>;

const accepted: CallAnswer = { status: 202 };

/** One process of a master, from its election to its death. */
export class MasterProcess {
  readonly state: MasterState;
  readonly agents: AgentBook;
  readonly frameworks: FrameworkBook;
  readonly maintenance: Maintenance;
  readonly drains: Drains;

  constructor(parts: MasterParts) {
    this.state = new MasterState(parts);
    this.agents = new AgentBook(this.state);
    this.frameworks = new FrameworkBook(this.state);
    this.maintenance = new Maintenance(this.state);
    this.drains = new Drains(this.state, this.agents);
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
    this.#take(framework, call);
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

  #take(framework: Framework, call: FrameworkCall): void {
    switch (call.type) {
      case 'ACCEPT':
        return this.#accept(framework, call);
      case 'DECLINE':
        return this.#decline(framework, call);
      case 'ACCEPT_INVERSE_OFFERS':
      case 'DECLINE_INVERSE_OFFERS':
        return this.maintenance.answer(framework, call.offerIds, call.type === 'ACCEPT_INVERSE_OFFERS');
      case 'KILL':
        return this.#kill(framework, call);
      case 'ACKNOWLEDGE':
        return this.#acknowledge(framework, call);
      case 'RECONCILE':
        return reconcile(this.state, framework, call.tasks);
      case 'SUPPRESS':
        for (const role of call.roles ?? framework.info.roles) framework.suppressedRoles.add(role);
        return;
      case 'REVIVE':
        return this.#revive(framework, call);
      case 'UPDATE_FRAMEWORK':
        framework.setWish(call.wish);
        return this.state.allocator.considerAll();
      case 'TEARDOWN':
        this.frameworks.remove(framework.id);
        return;
    }
  }

  #accept(framework: Framework, call: CallOf<'ACCEPT'>): void {
    const { offers, allocator } = this.state;
    const problem = offersProblem(call.offerIds, (id) => offers.find(id), framework);
    const found = call.offerIds.flatMap((id) => offers.find(id) ?? []);
    const own = [...new Set(found)].filter(({ frameworkId }) => frameworkId === framework.id);
    for (const offer of own) offers.end(offer, framework, 'accepted');
    if (problem !== undefined) {
      this.#dropAll(framework, call, found, problem);
      return;
    }
    const [first] = own;
    if (!first) return;
    const offered = own.reduce((sum, { bag }) => addBags(sum, bag), emptyBag);
    const { launches, refusals } = planAccept(call, offered, framework);
    for (const refusal of refusals) this.state.tellOf(framework, { agentId: first.entry.id, ...refusal });
    for (const launch of launches) this.#launch(framework, first.entry, launch);
    allocator.filter(framework, this.#rests(own, first), call.refuseSeconds);
  }

  /** What an ACCEPT has left of its offers, which counts as declined. */
  #rests(offers: readonly SimulatedOffer[], { entry }: SimulatedOffer): readonly SimulatedOffer[] {
    return offers.slice(0, 1).map((offer) => ({ ...offer, bag: entry.free }));
  }

  #dropAll(
    framework: Framework,
    { tasks }: CallOf<'ACCEPT'>,
    [offer]: readonly SimulatedOffer[],
    problem: string,
  ): void {
    const state = framework.info.isPartitionAware ? 'TASK_DROPPED' : 'TASK_LOST';
    const words = {
      reason: 'REASON_INVALID_OFFERS',
      message: `Task launched with invalid offers: ${problem}`,
    };
    const agent = offer && { agentId: offer.entry.id };
    for (const { taskId } of tasks) this.state.tellOf(framework, { taskId, state, ...words, ...agent });
  }

  #launch(framework: Framework, entry: AgentEntry, launch: TaskLaunch): void {
    const staging = { state: 'TASK_STAGING', toldState: 'TASK_STAGING', toldUuid: undefined } as const;
    this.state.enter({ framework, entry, launch, ...staging });
    const { info } = framework;
    this.state.toAgent(entry, 'LAUNCH', launch.taskId, info.id, () => entry.agent.launch(info, launch));
  }

  #decline(framework: Framework, { offerIds, refuseSeconds }: CallOf<'DECLINE'>): void {
    const { offers, allocator } = this.state;
    const found = offerIds.flatMap((id) => offers.find(id) ?? []);
    const own = found.filter(({ frameworkId }) => frameworkId === framework.id);
    for (const offer of own) offers.end(offer, framework, 'declined');
    allocator.filter(framework, own, refuseSeconds);
  }

  #kill(framework: Framework, { taskId, agentId, graceSeconds }: CallOf<'KILL'>): void {
    const task = framework.tasks.get(taskId);
    if (!task) {
      reconcileOne(this.state, framework, { taskId, ...(agentId !== undefined && { agentId }) });
      return;
    }
    const { entry } = task;
    // As recorded: without effect and without an answer.
    if (agentId !== undefined && agentId !== entry.id) return;
    const { info } = framework;
    this.state.toAgent(entry, 'KILL', taskId, info.id, () => entry.agent.kill(info, taskId, graceSeconds));
  }

  #acknowledge(framework: Framework, { taskId, agentId, uuid }: CallOf<'ACKNOWLEDGE'>): void {
    const entry = this.state.entries.get(agentId);
    if (!entry?.isConnected) return;
    const task = framework.tasks.get(taskId);
    const isItsEnd =
      task?.toldUuid === uuid && (isTerminal(task.toldState) || task.toldState === 'TASK_LOST');
    if (task?.entry === entry && isItsEnd) this.state.forget(task);
    const { id } = framework;
    this.state.toAgent(entry, 'ACKNOWLEDGE', taskId, id, () => entry.agent.acknowledge(id, taskId, uuid));
    this.drains.check(entry);
  }

  #revive(framework: Framework, { roles = framework.info.roles }: CallOf<'REVIVE'>): void {
    // One role that the framework does not have spoils the whole call, without a word.
    if (!roles.every((role) => framework.info.roles.includes(role))) return;
    for (const role of roles) {
      framework.suppressedRoles.delete(role);
      framework.filters.delete(role);
    }
    this.state.allocator.considerAll();
    this.state.after(0, () => this.state.allocator.allocate());
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
