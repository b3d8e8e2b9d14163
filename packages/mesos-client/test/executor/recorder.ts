import type { ExecutorSessionEvent } from '../../src/executor/executor-messages.ts';

type EventOf<Type extends ExecutorSessionEvent['type']> = Extract<
  ExecutorSessionEvent,
  { readonly type: Type }
>;

/** A listener whose events can be waited for: each is handed out once, to the first that asks for its type. */
export class EventRecorder {
  readonly events: ExecutorSessionEvent[] = [];
  readonly #taken = new Set<ExecutorSessionEvent>();
  readonly #waiting = new Set<() => void>();

  readonly listener = (event: ExecutorSessionEvent): void => {
    this.events.push(event);
    for (const look of this.#waiting) look();
  };

  async next<Type extends ExecutorSessionEvent['type']>(type: Type): Promise<EventOf<Type>> {
    const { promise, resolve } = Promise.withResolvers<EventOf<Type>>();
    const look = () => {
      const found = this.events.find((event) => event.type === type && !this.#taken.has(event));
      if (!found) return;
      this.#taken.add(found);
      this.#waiting.delete(look);
      resolve(found as EventOf<Type>);
    };
    this.#waiting.add(look);
    look();
    return promise;
  }
}
