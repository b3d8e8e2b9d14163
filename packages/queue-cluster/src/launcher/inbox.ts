import type { PilotFacts, StatusNews, SubmitNews } from '../pools/news.ts';

/** What has come in since the last tick. */
export interface Mail {
  readonly submits: readonly SubmitNews[];
  readonly statuses: readonly StatusNews[];
  readonly endings: readonly StatusNews[];
  readonly facts: readonly PilotFacts[];
  readonly failedOrders: readonly string[];
}

/** Where answers wait for the next tick. */
export class Inbox {
  #mail: Mail = { submits: [], statuses: [], endings: [], facts: [], failedOrders: [] };
  #wake: () => void = () => undefined;

  /** Resolves when something comes in; at once where something is there. */
  arrival(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    if (this.#hasMail) resolve();
    return promise;
  }

  put(mail: Partial<Mail>): void {
    this.#add(this.#mail, mail);
    if (this.#hasMail) this.#wake();
  }

  take(): Mail {
    const mail = this.#mail;
    this.#mail = { submits: [], statuses: [], endings: [], facts: [], failedOrders: [] };
    return mail;
  }

  /** For a tick that could not be finished. */
  putBack(mail: Mail): void {
    this.#add(mail, this.#mail);
  }

  get #hasMail(): boolean {
    return Object.values(this.#mail).some((list: readonly unknown[]) => list.length > 0);
  }

  #add(before: Mail, after: Partial<Mail>): void {
    this.#mail = {
      submits: [...before.submits, ...(after.submits ?? [])],
      statuses: [...before.statuses, ...(after.statuses ?? [])],
      endings: [...before.endings, ...(after.endings ?? [])],
      facts: [...before.facts, ...(after.facts ?? [])],
      failedOrders: [...before.failedOrders, ...(after.failedOrders ?? [])],
    };
  }
}
