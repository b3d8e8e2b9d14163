import type { Effect } from './decisions.ts';

/** Calls that did not get through, and that nothing else would repeat. */
export class CallRepeats {
  readonly #delay: number;
  #calls: { readonly effect: Effect; readonly at: number }[] = [];

  /** They are made again after so many seconds. */
  constructor(seconds: number) {
    this.#delay = seconds * 1000;
  }

  /** When {@link due} will have one. */
  get nextDue(): number {
    return this.#calls[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  add(effect: Effect, now: number): void {
    this.#calls.push({ effect, at: now + this.#delay });
  }

  clear(): void {
    this.#calls = [];
  }

  /** Takes out those that are to be made now. */
  due(now: number): Effect[] {
    const waiting = this.#calls.findIndex(({ at }) => at > now);
    return this.#calls.splice(0, waiting === -1 ? this.#calls.length : waiting).map(({ effect }) => effect);
  }
}
