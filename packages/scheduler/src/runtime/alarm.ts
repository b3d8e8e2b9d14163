import type { Clock } from '../ports/clock.ts';

// setTimeout takes 32 bits; a longer wait is simply taken up again.
const longestTimerMilliseconds = 2 ** 31 - 1;

/** Calls back at one time at most, the one that was set last. */
export class Alarm {
  readonly #clock: Clock;
  readonly #callback: () => void;
  #cancel: () => void = () => {};

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  /** `at` is on the clock that never jumps, `Infinity`: never; it may call back earlier if that is weeks ahead. */
  set(at: number): void {
    this.clear();
    if (at === Number.POSITIVE_INFINITY) return;
    const wait = Math.max(at - this.#clock.elapsed(), 1);
    this.#cancel = this.#clock.after(Math.min(wait, longestTimerMilliseconds), this.#callback);
  }

  clear(): void {
    this.#cancel();
    this.#cancel = () => {};
  }
}
