import type { AgentFacts } from '@galaxy-mesos/scheduler';
import type { Network } from '../network.ts';
import type { Random } from '../random.ts';
import { addBags, type Bag, containsBag, emptyBag, subtractBags } from '../resources/bag.ts';
import type { DelayLine } from '../time/delay-line.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import type { TaskLaunch, TaskStatus } from '../vocabulary.ts';
import { AgentTask, type KnownFrameworkInfo, taskKey } from './agent-task.ts';
import type { BehaviourModel, TaskBehaviour } from './task-behaviour.ts';
import { UpdateSender, type UpdateWords } from './update-sender.ts';

const defaultStopSeconds = 0.1;
/** What SIGTERM did, and what SIGKILL. */
const terminated = 'Command terminated with signal Terminated';
const killed = 'Command terminated with signal Killed';

/** What an agent needs of the world around it. */
export interface AgentWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  /** See {@link UpdateSender}. */
  readonly firstRetries: DelayLine;
  readonly random: Random;
  readonly behaviour: BehaviourModel;
  readonly nextUuid: () => number;
  /** Takes an update that has arrived at the master. */
  readonly deliver: (agent: SimulatedAgent, task: AgentTask, status: TaskStatus) => void;
  /** Told of every task that is started, for audits. */
  readonly started: (agent: SimulatedAgent, task: AgentTask) => void;
}

/** An agent and all that runs on it: what is really the case, whatever a master believes. */
export class SimulatedAgent {
  readonly facts: AgentFacts;
  readonly total: Bag;
  readonly tasks = new Map<string, AgentTask>();
  /** Whether the process of the agent runs; tasks may go on without it. */
  isUp = true;
  /** Whether nothing reaches it or comes from it. */
  isCut = false;
  /** Whether a master has taken it in, so that updates have somewhere to go. */
  isRegistered = false;
  /** What of its resources is in use. */
  used: Bag = emptyBag;
  readonly #world: AgentWorld;
  readonly #sender: UpdateSender;

  constructor(facts: AgentFacts, total: Bag, world: AgentWorld) {
    this.facts = facts;
    this.total = total;
    this.#world = world;
    this.#sender = new UpdateSender(world.time, world.network, world.firstRetries, {
      agentId: facts.id,
      isConnected: () => this.isConnected && this.isRegistered,
      deliver: (task, status) => world.deliver(this, task, status),
      nextUuid: world.nextUuid,
    });
  }

  get id(): string {
    return this.facts.id;
  }

  /** Whether messages arrive. */
  get isConnected(): boolean {
    return this.isUp && !this.isCut;
  }

  /** Whether it would use more than it has, had it this task as well. */
  isTooSmallFor(bag: Bag): boolean {
    return !containsBag(this.total, addBags(this.used, bag));
  }

  launch(framework: KnownFrameworkInfo, launch: TaskLaunch): void {
    const behaviour = this.#world.behaviour(launch, this.#world.random);
    const task = new AgentTask(framework, launch, behaviour);
    this.#world.started(this, task);
    this.tasks.set(taskKey(framework.id, launch.taskId), task);
    this.used = addBags(this.used, launch.bag);
    this.#world.time.after(behaviour.startSeconds * 1000, () => this.#begin(task));
  }

  /** Ends a task as a framework wants it: SIGTERM, and after the grace SIGKILL. */
  kill(framework: KnownFrameworkInfo, taskId: string, graceSeconds?: number): void {
    const task = this.tasks.get(taskKey(framework.id, taskId));
    if (task) this.#stop(task, graceSeconds ?? task.launch.killGraceSeconds);
    else this.#disown(framework, taskId, 'Cannot find executor', 'REASON_EXECUTOR_TERMINATED');
  }

  /** The master knows of a task that is not here. */
  disown(framework: KnownFrameworkInfo, taskId: string): void {
    this.#disown(framework, taskId, 'Task is unknown to the agent', 'REASON_RECONCILIATION');
  }

  acknowledge(frameworkId: string, taskId: string, uuid: number): void {
    const key = taskKey(frameworkId, taskId);
    const task = this.tasks.get(key);
    if (task && this.#sender.acknowledge(task, uuid)) this.tasks.delete(key);
  }

  /** A master has taken the agent in: what is not acknowledged is sent again at once. */
  registered(): void {
    this.isRegistered = true;
    this.resend();
  }

  /** Sends all again that is not acknowledged, as when a framework is back. */
  resend(frameworkId?: string): void {
    for (const task of this.tasks.values())
      if (frameworkId === undefined || task.framework.id === frameworkId) this.#sender.send(task);
  }

  /** Kills all tasks of a framework, of which nobody wants to hear any more. */
  shutDownFramework(frameworkId: string): void {
    for (const [key, task] of this.tasks) {
      if (task.framework.id !== frameworkId) continue;
      this.#release(task, 'TASK_KILLED');
      this.tasks.delete(key);
    }
  }

  /** All tasks are asked to end, as before maintenance; `graceSeconds` overrides their own. */
  drain(graceSeconds?: number): void {
    for (const task of this.tasks.values()) {
      task.reason = 'REASON_AGENT_DRAINING';
      this.#stop(task, graceSeconds ?? task.launch.killGraceSeconds);
    }
  }

  /** The machine is without power: nothing that ran runs any more, and nothing of it is told yet. */
  loseTasks(): void {
    for (const task of this.tasks.values()) if (task.isAlive) this.#release(task, 'TASK_FAILED');
  }

  /** What the agent says, back again, of the tasks that {@link loseTasks} ended. */
  reportLostTasks(): void {
    for (const task of this.tasks.values()) {
      const told = task.unacknowledged.at(-1)?.state;
      if (task.state !== 'TASK_FAILED' || told === 'TASK_FAILED') continue;
      this.#sender.report(task, 'TASK_FAILED', {
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_TERMINATED',
        message: 'Executor terminated',
      });
    }
  }

  /** The process of one task dies, and its executor with it. */
  killProcess(task: AgentTask): void {
    this.#end(task, 'TASK_FAILED', {
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
  }

  /** An executor says something again that was said before, out of turn. */
  repeat(task: AgentTask, status: TaskStatus): void {
    this.#sender.transmit(task, status);
  }

  #begin(task: AgentTask): void {
    if (!task.isAlive || task.isKilled) return;
    const { behaviour, launch } = task;
    this.#sender.report(task, 'TASK_STARTING', { source: 'SOURCE_EXECUTOR' });
    this.#sender.report(task, 'TASK_RUNNING', { source: 'SOURCE_EXECUTOR' });
    const limit = launch.maximumRunSeconds ?? Number.POSITIVE_INFINITY;
    const seconds = Math.min(behaviour.runSeconds, limit);
    if (seconds === Number.POSITIVE_INFINITY) return;
    const isTooLong = limit < behaviour.runSeconds;
    this.#world.time.after(seconds * 1000, () => {
      if (!isTooLong) this.#exit(task, behaviour);
      else
        this.#end(task, 'TASK_FAILED', {
          source: 'SOURCE_EXECUTOR',
          reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
          message: terminated,
        });
    });
  }

  #exit(task: AgentTask, { exitCode, runsOutOfMemory }: TaskBehaviour): void {
    if (runsOutOfMemory)
      this.#end(task, 'TASK_FAILED', {
        source: 'SOURCE_AGENT',
        reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
        message: 'Memory limit exceeded',
      });
    else
      this.#end(task, exitCode === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', {
        source: 'SOURCE_EXECUTOR',
        message: `Command exited with status ${exitCode}`,
        exitCode,
      });
  }

  #stop(task: AgentTask, graceSeconds: number): void {
    if (!task.isAlive || task.isKilled) return;
    const { stopSeconds = defaultStopSeconds } = task.behaviour;
    const reason = task.reason === undefined ? {} : { reason: task.reason };
    task.isKilled = true;
    const isStaging = task.state === 'TASK_STAGING';
    if (task.framework.hasKillingState && !isStaging)
      this.#sender.report(task, 'TASK_KILLING', { source: 'SOURCE_EXECUTOR', ...reason });
    const message = stopSeconds <= graceSeconds ? terminated : killed;
    this.#world.time.after(isStaging ? 0 : Math.min(stopSeconds, graceSeconds) * 1000, () =>
      this.#end(task, 'TASK_KILLED', { source: 'SOURCE_EXECUTOR', message, ...reason }),
    );
  }

  #end(task: AgentTask, state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED', words: UpdateWords): void {
    if (!task.isAlive) return;
    this.#release(task, state);
    this.#sender.report(task, state, words);
    if (task.launch.groupId !== undefined && state !== 'TASK_FINISHED') this.#endGroup(task);
  }

  /** One that fails or is killed takes its group with it. */
  #endGroup({ launch, framework }: AgentTask): void {
    for (const other of this.tasks.values())
      if (other.launch.groupId === launch.groupId && other.framework.id === framework.id)
        this.#stop(other, other.launch.killGraceSeconds);
  }

  #release(task: AgentTask, state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED'): void {
    if (!task.isAlive) return;
    task.state = state;
    this.used = subtractBags(this.used, task.launch.bag);
  }

  #disown(framework: KnownFrameworkInfo, taskId: string, message: string, reason: string): void {
    const launch = { taskId, bag: emptyBag, command: '', environment: {}, killGraceSeconds: 0 };
    const task = new AgentTask(framework, launch, { startSeconds: 0, runSeconds: 0, exitCode: 0 });
    this.tasks.set(taskKey(framework.id, taskId), task);
    const state = framework.isPartitionAware ? 'TASK_DROPPED' : 'TASK_LOST';
    this.#sender.report(task, state, { source: 'SOURCE_AGENT', reason, message });
  }
}
