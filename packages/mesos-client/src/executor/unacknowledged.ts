import type { Call, Event } from '../gen/executor.ts';
import type { TaskInfo, TaskState } from '../gen/mesos.ts';
import { MesosError } from '../mesos-error.ts';

const terminalStates: ReadonlySet<TaskState> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
]);

const isTerminal = ({ status }: Call.Update): boolean => terminalStates.has(status.state);
const taskOf = ({ status }: Call.Update): string => status.task_id.value;
const keyOf = (uuid: Uint8Array | undefined): string => Buffer.from(uuid ?? []).toString('hex');

/**
 * What the agent has not confirmed yet, to be told to it again with each SUBSCRIBE: tasks until an update of theirs
 * is acknowledged, so that an agent that was started again does not take them for never launched; and updates, in
 * the order in which they were made. Has no effects.
 */
export class Unacknowledged {
  /** Launched and not ended. */
  readonly #live = new Set<string>();
  readonly #tasks = new Map<string, TaskInfo>();
  readonly #updates = new Map<string, Call.Update>();

  get tasks(): readonly TaskInfo[] {
    return [...this.#tasks.values()];
  }

  get updates(): readonly Call.Update[] {
    return [...this.#updates.values()];
  }

  /** The agent has launched these tasks. */
  launched(tasks: readonly TaskInfo[]): void {
    for (const task of tasks) {
      this.#live.add(task.task_id.value);
      this.#tasks.set(task.task_id.value, task);
    }
  }

  /**
   * An update is about to be sent. Throws INVALID_MESSAGE where its task was not launched here or has ended: an agent
   * would hand such an update on to the scheduler, which would take it for that of another task of the same id.
   */
  add(update: Call.Update): void {
    const task = taskOf(update);
    if (!this.#live.has(task))
      throw new MesosError(
        'INVALID_MESSAGE',
        `${update.status.state} of ${task} was not sent: no such task was launched here, or it has ended`,
      );
    if (isTerminal(update)) this.#live.delete(task);
    this.#updates.set(keyOf(update.status.uuid), update);
  }

  /** The agent has it, for good. Tells the update, or undefined where none of that uuid waited. */
  acknowledged({ task_id, uuid }: Event.Acknowledged): Call.Update | undefined {
    const key = keyOf(uuid);
    const update = this.#updates.get(key);
    if (!update) return undefined;
    this.#updates.delete(key);
    this.#tasks.delete(task_id.value);
    return update;
  }

  /** The agent will never take this update: it is as if it had not been made. */
  withdraw(update: Call.Update): void {
    if (this.#updates.delete(keyOf(update.status.uuid)) && isTerminal(update)) this.#live.add(taskOf(update));
  }
}
