import type { ExecutorSessionEvent, ExecutorTaskStatus, mesos } from '@galaxy-mesos/mesos-client';
import { Command } from './command.ts';
import { type Exit, exitMessage } from './exit-message.ts';

/** As in Mesos. */
const defaultGrace = 3000;

/** The agent kills what is left once the grace period is over: the task is to end before, and this process as well. */
const reserve = { task: 1000, process: 500 } as const;

const milliseconds = ({ nanoseconds }: mesos.DurationInfo): number => Number(nanoseconds) / 1e6;

/** The part of a session that a command executor needs. */
export interface Reports {
  update(status: ExecutorTaskStatus): Promise<void>;
  acknowledged(): Promise<void>;
}

/** Runs the one task that it is given, and tells in the states and words of Mesos how that goes. */
export class CommandExecutor {
  readonly #reports: Reports;
  readonly #shutdownGrace: number;
  readonly #done = Promise.withResolvers<void>();
  #framework: mesos.FrameworkInfo | undefined;
  #task: mesos.TaskInfo | undefined;
  #command: Command | undefined;
  #killBegan: number | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #isTimedOut = false;
  #isShuttingDown = false;

  /** `shutdownGrace` in milliseconds. */
  constructor(reports: Reports, shutdownGrace: number) {
    this.#reports = reports;
    this.#shutdownGrace = shutdownGrace;
  }

  /** Resolves once there is nothing left to do. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Takes what the session tells; returns at once. */
  take(event: ExecutorSessionEvent): void {
    if (event.type === 'SUBSCRIBED') this.#framework = event.subscribed.framework_info;
    if (event.type === 'LAUNCH') void this.#run(event.launch.task);
    if (event.type === 'KILL') this.#kill(this.#graceOf(event.kill.kill_policy));
    if (event.type === 'SHUTDOWN') this.#shutDown();
    if (event.type === 'FAILED') {
      console.error(event.error.message);
      this.#done.resolve();
    }
  }

  /** The hard way, without waiting. */
  killNow(): void {
    this.#command?.signal('SIGKILL');
  }

  async #run(task: mesos.TaskInfo): Promise<void> {
    this.#task = task;
    this.#tell({ state: 'TASK_STARTING' });
    this.#command = new Command(task.command ?? {});
    const limit = this.#command.isStarted ? task.max_completion_time : undefined;
    const timer = limit && setTimeout(() => this.#timeOut(), milliseconds(limit));
    if (this.#command.isStarted) this.#tell({ state: 'TASK_RUNNING' });
    const exit = await this.#command.ended;
    this.#command = undefined;
    clearTimeout(timer);
    clearTimeout(this.#killTimer);
    await this.#tellLast(this.#outcome(exit));
  }

  #outcome(exit: Exit): Omit<ExecutorTaskStatus, 'task_id'> {
    const message = exitMessage(exit);
    if (this.#isTimedOut)
      return { state: 'TASK_FAILED', reason: 'REASON_MAX_COMPLETION_TIME_REACHED', message };
    if (this.#killBegan !== undefined) return { state: 'TASK_KILLED', message };
    return { state: exit.code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', message };
  }

  #timeOut(): void {
    this.#isTimedOut = true;
    this.#kill(0);
  }

  #graceOf(policy: mesos.KillPolicy | undefined): number {
    const period = (policy ?? this.#task?.kill_policy)?.grace_period;
    return period ? milliseconds(period) : defaultGrace;
  }

  #kill(grace: number): void {
    if (!this.#command) return;
    const now = performance.now();
    if (this.#killBegan === undefined) {
      this.#killBegan = now;
      if (this.#tellsKilling) this.#tell({ state: 'TASK_KILLING' });
      this.#command.signal(grace > 0 ? 'SIGTERM' : 'SIGKILL');
    }
    // A second KILL may shorten or lengthen the time, counted from the first.
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(() => this.killNow(), this.#killBegan + grace - now);
  }

  get #tellsKilling(): boolean {
    const capabilities = this.#framework?.capabilities ?? [];
    return !this.#isTimedOut && capabilities.some(({ type }) => type === 'TASK_KILLING_STATE');
  }

  #shutDown(): void {
    this.#isShuttingDown = true;
    if (!this.#command) {
      this.#done.resolve();
      return;
    }
    setTimeout(() => this.#done.resolve(), Math.max(0, this.#shutdownGrace - reserve.process)).unref();
    this.#kill(Math.max(0, this.#shutdownGrace - reserve.task));
  }

  #tell(status: Omit<ExecutorTaskStatus, 'task_id'>): void {
    void this.#send(status);
  }

  async #tellLast(status: Omit<ExecutorTaskStatus, 'task_id'>): Promise<void> {
    await this.#send(status);
    // An agent that shuts an executor down may acknowledge nothing any more.
    if (!this.#isShuttingDown) await this.#reports.acknowledged().catch(() => {});
    this.#done.resolve();
  }

  /** The end of the session is told in an event. */
  async #send(status: Omit<ExecutorTaskStatus, 'task_id'>): Promise<void> {
    if (!this.#task) return;
    await this.#reports.update({ task_id: this.#task.task_id, ...status }).catch((error: unknown) => {
      console.error(`${status.state} was not taken: ${error}`);
    });
  }
}
