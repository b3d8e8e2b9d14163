import type { VirtualTime } from './virtual-time.ts';

// What has happened is thrown away when it is more than this, and more than half.
const leastGarbage = 1024;

/**
 * Things that all happen after the same delay, and therefore in the order in which they were put in: most of what a
 * cluster does. Costs no heap operation each, as {@link VirtualTime.after} does.
 */
export class DelayLine {
  readonly #time: VirtualTime;
  readonly #delay: number;
  #times: number[] = [];
  #actions: (() => void)[] = [];
  #next = 0;

  constructor(time: VirtualTime, milliseconds: number) {
    this.#time = time;
    this.#delay = milliseconds;
  }

  push(action: () => void): void {
    const at = this.#time.now + this.#delay;
    const wasEmpty = this.#next === this.#times.length;
    this.#times.push(at);
    this.#actions.push(action);
    if (wasEmpty) this.#wake(at);
  }

  #wake(at: number): void {
    this.#time.after(at - this.#time.now, () => this.#run());
  }

  /** All that is due now; what is put in meanwhile is due later, or at this same moment after everything else. */
  #run(): void {
    const end = this.#times.length;
    while (this.#next < end && (this.#times[this.#next] ?? 0) <= this.#time.now) {
      const action = this.#actions[this.#next++];
      this.#time.count();
      action?.();
    }
    this.#tidy();
    const at = this.#times[this.#next];
    if (at !== undefined) this.#wake(at);
  }

  #tidy(): void {
    if (this.#next < leastGarbage || this.#next < this.#times.length / 2) return;
    this.#times = this.#times.slice(this.#next);
    this.#actions = this.#actions.slice(this.#next);
    this.#next = 0;
  }
}
