import { EventQueue } from './event-queue.ts';

/** 14 November 2023: some day. */
const someDate = 1_700_000_000_000;

/** Time that passes only when it is told to, and what happens in it. Milliseconds throughout. */
export class VirtualTime {
  readonly #queue = new EventQueue<() => void>();
  readonly #dateAtStart: number;
  #now = 0;
  #happened = 0;
  #wasHeardOutside = false;

  /** `dateAtStart` is in milliseconds since 1970. */
  constructor(dateAtStart: number = someDate) {
    this.#dateAtStart = dateAtStart;
  }

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Milliseconds since 1970, on the clock of the cluster, which nobody sets. */
  get date(): number {
    return this.#dateAtStart + this.#now;
  }

  /** When the next thing happens; `Infinity` if nothing will. */
  get nextTime(): number {
    return this.#queue.nextTime;
  }

  /** How many things have happened. */
  get happened(): number {
    return this.#happened;
  }

  /** Lets something happen after so many milliseconds; things of the same time happen in the order of the calls. */
  after(milliseconds: number, action: () => void): void {
    this.#queue.push(this.#now + Math.max(0, milliseconds), action);
  }

  /** As {@link after}, with a way to call it off. */
  cancellable(milliseconds: number, action: () => void): () => void {
    let isCancelled = false;
    this.after(milliseconds, () => {
      if (!isCancelled) action();
    });
    return () => {
      isCancelled = true;
    };
  }

  /** One more thing has happened: for those that let several happen in one step. */
  count(): void {
    this.#happened++;
  }

  /** Lets the next thing happen if it is due by `end`; whether it was. */
  step(end: number): boolean {
    if (this.#queue.nextTime > end) return false;
    this.#now = Math.max(this.#now, this.#queue.nextTime);
    this.#happened++;
    this.#queue.pop()?.();
    return true;
  }

  /** Lets time pass, and all happen that is due. For simulations whose schedulers act at once, or that have none. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while (this.step(end));
    this.#now = end;
  }

  /**
   * As {@link advance}, for schedulers that act in turns of the event loop: whenever one was told something, `settle`
   * is waited for before time goes on.
   */
  async advanceWith(milliseconds: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    while (this.step(end)) {
      if (!this.#wasHeardOutside || this.#queue.nextTime <= this.#now) continue;
      this.#wasHeardOutside = false;
      await settle();
    }
    this.#now = end;
  }

  /** To be said by whoever tells a scheduler something; see {@link advanceWith}. */
  heardOutside(): void {
    this.#wasHeardOutside = true;
  }
}
