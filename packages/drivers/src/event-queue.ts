import type { DriverEvent, DriverListener } from '@galaxy-mesos/scheduler';

/**
 * Hands events to the listener one at a time and in order, never from within a call to the driver: a listener
 * that launches on an offer is not interrupted by what comes of it.
 */
export class EventQueue {
  readonly #listener: DriverListener;
  #waiting: DriverEvent[] = [];
  #isClosed = false;

  constructor(listener: DriverListener) {
    this.#listener = listener;
  }

  push(event: DriverEvent): void {
    if (this.#isClosed) return;
    this.#waiting.push(event);
    if (this.#waiting.length === 1) queueMicrotask(() => this.#deliver());
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #deliver(): void {
    const events = this.#waiting;
    this.#waiting = [];
    for (const event of events) {
      if (!this.#isClosed) this.#listener(event);
    }
  }
}
