import type { Call, Event } from '../gen/executor.ts';
import type { TaskInfo } from '../gen/mesos.ts';
import { MesosError } from '../mesos-error.ts';
import { Unacknowledged } from './unacknowledged.ts';

/** The updates of a session on their way to the agent, and those who wait for them to be taken or acknowledged. */
export class Deliveries {
  readonly #unacknowledged = new Unacknowledged();
  readonly #taken = new Map<Call.Update, PromiseWithResolvers<void>>();
  readonly #idle = new Set<PromiseWithResolvers<void>>();

  /** See {@link Unacknowledged.updates}. */
  get updates(): readonly Call.Update[] {
    return this.#unacknowledged.updates;
  }

  /** What the agent may not have, or not any more if it was started again. */
  subscribePayload(): Call.Subscribe {
    const { tasks, updates } = this.#unacknowledged;
    return {
      ...(tasks.length > 0 && { unacknowledged_tasks: tasks }),
      ...(updates.length > 0 && { unacknowledged_updates: updates }),
    };
  }

  /** See {@link Unacknowledged.launched}. */
  launched(tasks: readonly TaskInfo[]): void {
    this.#unacknowledged.launched(tasks);
  }

  /** See {@link Unacknowledged.add}. Settles once the agent has taken the update, will not take it, or all is over. */
  add(update: Call.Update): Promise<void> {
    this.#unacknowledged.add(update);
    const waiting = Promise.withResolvers<void>();
    this.#taken.set(update, waiting);
    return waiting.promise;
  }

  /** The agent has it, though perhaps not for good. */
  taken(update: Call.Update): void {
    this.#taken.get(update)?.resolve();
    this.#taken.delete(update);
  }

  /** The agent will not take it, so that it need not be told again. */
  refused(update: Call.Update, error: MesosError): void {
    this.#unacknowledged.withdraw(update);
    this.#taken.get(update)?.reject(error);
    this.#taken.delete(update);
    this.#tellIfNothingLeft();
  }

  acknowledged(acknowledged: Event.Acknowledged): void {
    const update = this.#unacknowledged.acknowledged(acknowledged);
    if (!update) return;
    this.taken(update);
    this.#tellIfNothingLeft();
  }

  /** Resolves as soon as no update waits to be acknowledged. Throws ABORTED, and what `fail` is told. */
  async untilNothingLeft(signal: AbortSignal | undefined): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    const abort = () =>
      waiting.reject(
        new MesosError('ABORTED', 'waiting for acknowledgements was aborted', { cause: signal?.reason }),
      );
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.#idle.add(waiting);
    try {
      await waiting.promise;
    } finally {
      this.#idle.delete(waiting);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Nothing will be taken or acknowledged any more. */
  fail(reason: MesosError): void {
    for (const waiting of [...this.#taken.values(), ...this.#idle]) {
      // The end of a session is told by other ways too: who did not care what became of an update need not care now.
      waiting.promise.catch(() => {});
      waiting.reject(reason);
    }
    this.#taken.clear();
  }

  #tellIfNothingLeft(): void {
    if (this.updates.length > 0) return;
    for (const waiting of this.#idle) waiting.resolve();
  }
}
