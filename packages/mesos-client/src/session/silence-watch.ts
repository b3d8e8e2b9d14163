/** Calls back once nothing was heard for a time. Timers are monotonic: a change of the clock does not matter. */
export class SilenceWatch {
  readonly #onSilence: (milliseconds: number) => void;
  #milliseconds: number;
  #timer: NodeJS.Timeout;

  constructor(milliseconds: number, onSilence: (milliseconds: number) => void) {
    this.#milliseconds = milliseconds;
    this.#onSilence = onSilence;
    this.#timer = this.#schedule();
  }

  /** Something was heard. */
  heard(): void {
    this.#timer.refresh();
  }

  /** From now on this much silence is too much. */
  allow(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#milliseconds = milliseconds;
    this.#timer = this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): NodeJS.Timeout {
    return setTimeout(() => this.#onSilence(this.#milliseconds), this.#milliseconds);
  }
}
