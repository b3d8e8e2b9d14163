import type { AttemptState } from '@galaxy-mesos/scheduler';
import type { Network } from '../network.ts';
import type { DelayLine } from '../time/delay-line.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import type { TaskStatus } from '../vocabulary.ts';
import type { AgentTask } from './agent-task.ts';

/** Mesos's own: an update is sent again after 10 s first, then after twice as long each time, up to 10 min. */
export const firstRetryMilliseconds = 10_000;
const longestRetryMilliseconds = 600_000;

/** What an agent sends through. */
export interface UpdateRoute {
  readonly agentId: string;
  /** Whether the agent has a master to send to. */
  readonly isConnected: () => boolean;
  /** Hands an update to the master, with the state that the task has come to meanwhile. */
  readonly deliver: (task: AgentTask, status: TaskStatus) => void;
  /** A number that no other update bears. */
  readonly nextUuid: () => number;
}

/** What of an update its task and its agent do not say. */
export type UpdateWords = Partial<Pick<TaskStatus, 'reason' | 'message' | 'exitCode'>> &
  Pick<TaskStatus, 'source'>;

/** Sends the updates of an agent's tasks: in order per task, each until it is acknowledged. */
export class UpdateSender {
  readonly #time: VirtualTime;
  readonly #network: Network;
  readonly #route: UpdateRoute;
  readonly #firstRetries: DelayLine;

  /** `firstRetries` is the line of all agents, with a delay of {@link firstRetryMilliseconds}. */
  constructor(time: VirtualTime, network: Network, firstRetries: DelayLine, route: UpdateRoute) {
    this.#time = time;
    this.#network = network;
    this.#route = route;
    this.#firstRetries = firstRetries;
  }

  /** Takes a new state of a task; it is sent when those before it are acknowledged. */
  report(task: AgentTask, state: AttemptState, words: UpdateWords): void {
    task.state = state;
    task.unacknowledged.push({
      taskId: task.launch.taskId,
      state,
      timestamp: this.#time.date,
      agentId: this.#route.agentId,
      uuid: this.#route.nextUuid(),
      ...words,
    });
    if (task.unacknowledged.length === 1) this.send(task);
  }

  /** Sends what is due of a task, now and then again and again. */
  send(task: AgentTask): void {
    const [status] = task.unacknowledged;
    if (!status) return;
    task.retryAfter = firstRetryMilliseconds;
    this.#sendOnce(task, status, ++task.sendings);
  }

  /** Whether all of the task has been told and heard. */
  acknowledge(task: AgentTask, uuid: number): boolean {
    // The acknowledgement of an older update, which came twice.
    if (task.unacknowledged[0]?.uuid !== uuid) return false;
    task.unacknowledged.shift();
    this.send(task);
    return !task.isAlive && task.unacknowledged.length === 0;
  }

  /** An update as it is sent, apart from its turn: for executors that repeat themselves. */
  transmit(task: AgentTask, status: TaskStatus): void {
    if (!this.#route.isConnected()) return;
    const message = {
      hop: 'agent-to-master',
      type: 'UPDATE',
      frameworkId: task.framework.id,
      agentId: this.#route.agentId,
      taskId: status.taskId,
      state: status.state,
    } as const;
    this.#network.carry(message, () => {
      if (this.#route.isConnected()) this.#route.deliver(task, status);
    });
  }

  #sendOnce(task: AgentTask, status: TaskStatus, sending: number): void {
    const again = () => {
      if (task.sendings === sending && task.unacknowledged[0] === status)
        this.#sendOnce(task, status, sending);
    };
    if (task.retryAfter === firstRetryMilliseconds) this.#firstRetries.push(again);
    else this.#time.after(task.retryAfter, again);
    task.retryAfter = Math.min(task.retryAfter * 2, longestRetryMilliseconds);
    this.transmit(task, status);
  }
}
