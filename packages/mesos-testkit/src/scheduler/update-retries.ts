import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import type { SchedulerStream } from './scheduler-exchange.ts';

interface Pending {
  readonly frameworkId: string;
  readonly status: mesos.TaskStatus;
  readonly timer: NodeJS.Timeout;
  readonly acknowledged: () => void;
}

const keyOf = (taskId: mesos.TaskID, uuid: Uint8Array): string =>
  `${taskId.value} ${Buffer.from(uuid).toString('hex')}`;

/** Sends updates again and again until they are acknowledged, over resubscriptions too, as agents do. */
export class UpdateRetries {
  readonly #streamOf: (frameworkId: string) => SchedulerStream | undefined;
  readonly #pending = new Map<string, Pending>();

  constructor(streamOf: (frameworkId: string) => SchedulerStream | undefined) {
    this.#streamOf = streamOf;
  }

  /** Sends an update now and every so many seconds; resolves once it is acknowledged. */
  send(frameworkId: string, status: mesos.TaskStatus, everySeconds: number): Promise<void> {
    if (!status.uuid)
      throw new TypeError(`the update of ${status.task_id.value} needs a uuid to be acknowledged`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const send = () => this.#streamOf(frameworkId)?.send({ type: 'UPDATE', update: { status } });
    const key = keyOf(status.task_id, status.uuid);
    clearInterval(this.#pending.get(key)?.timer);
    const timer = setInterval(send, everySeconds * 1000);
    this.#pending.set(key, { frameworkId, status, timer, acknowledged: resolve });
    send();
    return promise;
  }

  /** Sends what is not acknowledged yet on a stream that has just been opened. */
  resume(stream: SchedulerStream): void {
    for (const { frameworkId, status } of this.#pending.values())
      if (frameworkId === stream.frameworkId) stream.send({ type: 'UPDATE', update: { status } });
  }

  acknowledge({ task_id, uuid }: scheduler.Call.Acknowledge): void {
    const key = keyOf(task_id, uuid);
    const pending = this.#pending.get(key);
    clearInterval(pending?.timer);
    this.#pending.delete(key);
    pending?.acknowledged();
  }

  /** Sends nothing any more. */
  stop(): void {
    for (const { timer } of this.#pending.values()) clearInterval(timer);
    this.#pending.clear();
  }
}
