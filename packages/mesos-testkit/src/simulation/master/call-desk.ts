import { isTerminal } from '@galaxy-mesos/scheduler';
import { addBags, emptyBag } from '../resources/bag.ts';
import type { FrameworkCall, SimulatedOffer, TaskLaunch } from '../vocabulary.ts';
import { offersProblem, planAccept } from './accept.ts';
import type { AgentEntry } from './agent-entry.ts';
import type { Drains } from './drains.ts';
import type { Framework } from './framework.ts';
import type { FrameworkBook } from './framework-book.ts';
import type { Maintenance } from './maintenance.ts';
import type { MasterState } from './master-state.ts';
import { reconcile, reconcileOne } from './reconcile.ts';

type CallOf<Type extends FrameworkCall['type']> = Extract<FrameworkCall, { type: Type }>;

/** What calls are passed on to. */
export interface CallDeskParts {
  readonly frameworks: FrameworkBook;
  readonly maintenance: Maintenance;
  readonly drains: Drains;
}

/** Does what frameworks say. */
export class CallDesk {
  readonly #state: MasterState;
  readonly #frameworks: FrameworkBook;
  readonly #maintenance: Maintenance;
  readonly #drains: Drains;

  constructor(state: MasterState, { frameworks, maintenance, drains }: CallDeskParts) {
    this.#state = state;
    this.#frameworks = frameworks;
    this.#maintenance = maintenance;
    this.#drains = drains;
  }

  /** Does what a call says. */
  take(framework: Framework, call: FrameworkCall): void {
    switch (call.type) {
      case 'ACCEPT':
        this.#accept(framework, call);
        break;
      case 'DECLINE':
        this.#decline(framework, call);
        break;
      case 'ACCEPT_INVERSE_OFFERS':
      case 'DECLINE_INVERSE_OFFERS':
        this.#maintenance.answer(framework, call.offerIds, call.type === 'ACCEPT_INVERSE_OFFERS');
        break;
      case 'KILL':
        this.#kill(framework, call);
        break;
      case 'ACKNOWLEDGE':
        this.#acknowledge(framework, call);
        break;
      case 'RECONCILE':
        reconcile(this.#state, framework, call.tasks);
        break;
      case 'SUPPRESS':
        for (const role of call.roles ?? framework.info.roles) framework.suppressedRoles.add(role);
        break;
      case 'REVIVE':
        this.#revive(framework, call);
        break;
      case 'UPDATE_FRAMEWORK':
        framework.setWish(call.wish);
        this.#state.allocator.considerAll();
        break;
      case 'TEARDOWN':
        this.#frameworks.remove(framework.id);
        break;
    }
  }

  #accept(framework: Framework, call: CallOf<'ACCEPT'>): void {
    const { offers, allocator } = this.#state;
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
    for (const refusal of refusals) this.#state.tellOf(framework, { agentId: first.entry.id, ...refusal });
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
    for (const { taskId } of tasks) this.#state.tellOf(framework, { taskId, state, ...words, ...agent });
  }

  #launch(framework: Framework, entry: AgentEntry, launch: TaskLaunch): void {
    const staging = { state: 'TASK_STAGING', toldState: 'TASK_STAGING', toldUuid: undefined } as const;
    this.#state.enter({ framework, entry, launch, ...staging });
    const { info } = framework;
    this.#state.toAgent(entry, 'LAUNCH', launch.taskId, info.id, () => entry.agent.launch(info, launch));
  }

  #decline(framework: Framework, { offerIds, refuseSeconds }: CallOf<'DECLINE'>): void {
    const { offers, allocator } = this.#state;
    const found = offerIds.flatMap((id) => offers.find(id) ?? []);
    const own = found.filter(({ frameworkId }) => frameworkId === framework.id);
    for (const offer of own) offers.end(offer, framework, 'declined');
    allocator.filter(framework, own, refuseSeconds);
  }

  #kill(framework: Framework, { taskId, agentId, graceSeconds }: CallOf<'KILL'>): void {
    const task = framework.tasks.get(taskId);
    if (!task) {
      reconcileOne(this.#state, framework, { taskId, ...(agentId !== undefined && { agentId }) });
      return;
    }
    const { entry } = task;
    // As recorded: without effect and without an answer.
    if (agentId !== undefined && agentId !== entry.id) return;
    const { info } = framework;
    const kill = () => entry.agent.kill(info, taskId, graceSeconds);
    if (entry.isConnected) this.#state.toAgent(entry, 'KILL', taskId, info.id, kill);
    else entry.killsToSend.push(kill);
  }

  #acknowledge(framework: Framework, { taskId, agentId, uuid }: CallOf<'ACKNOWLEDGE'>): void {
    const entry = this.#state.entries.get(agentId);
    if (!entry?.isConnected) return;
    const task = framework.tasks.get(taskId);
    const isItsEnd =
      task?.toldUuid === uuid && (isTerminal(task.toldState) || task.toldState === 'TASK_LOST');
    if (task?.entry === entry && isItsEnd) this.#state.forget(task);
    const { id } = framework;
    this.#state.toAgent(entry, 'ACKNOWLEDGE', taskId, id, () => entry.agent.acknowledge(id, taskId, uuid));
    this.#drains.check(entry);
  }

  #revive(framework: Framework, { roles = framework.info.roles }: CallOf<'REVIVE'>): void {
    // One role that the framework does not have spoils the whole call, without a word.
    if (!roles.every((role) => framework.info.roles.includes(role))) return;
    for (const role of roles) {
      framework.suppressedRoles.delete(role);
      framework.filters.delete(role);
    }
    this.#state.allocator.considerAll();
    this.#state.after(0, () => this.#state.allocator.allocate());
  }
}
