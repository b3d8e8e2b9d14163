import { longestTimer } from '../longest-timer.ts';

/**
 * Calls back once nothing was heard for a time. Timers are monotonic: a change of the clock does not matter. Where the
 * process itself stood still, what has arrived meanwhile is heard first.
 */
export class SilenceWatch {
  readonly #onSilence: (milliseconds: number) => void;
  #milliseconds: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastChance: NodeJS.Immediate | undefined;

  constructor(onSilence: (milliseconds: number) => void) {
    this.#onSilence = onSilence;
  }

  /** Something was heard. */
  heard(): void {
    clearImmediate(this.#lastChance);
    this.#timer?.refresh();
  }

  /** From now on this much silence is too much. */
  allow(milliseconds: number): void {
    this.#milliseconds = Math.min(milliseconds, longestTimer);
    this.resume();
  }

  /** Nobody listens: silence means nothing until `resume`. */
  pause(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastChance);
    this.#timer = undefined;
  }

  resume(): void {
    this.pause();
    const milliseconds = this.#milliseconds;
    if (milliseconds !== undefined) this.#timer = setTimeout(() => this.#suspect(milliseconds), milliseconds);
  }

  /** Timers come before sockets are read, and immediates after: two turns, so that what was read is also handed on. */
  #suspect(milliseconds: number): void {
    this.#lastChance = setImmediate(() => {
      this.#lastChance = setImmediate(() => this.#onSilence(milliseconds));
    });
  }
}
