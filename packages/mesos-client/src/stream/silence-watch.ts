/** Calls back once nothing was heard for a time. Timers are monotonic: a change of the clock does not matter. */
export class SilenceWatch {
  readonly #onSilence: (milliseconds: number) => void;
  #milliseconds: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(onSilence: (milliseconds: number) => void) {
    this.#onSilence = onSilence;
  }

  /** Something was heard. */
  heard(): void {
    this.#timer?.refresh();
  }

  /** From now on this much silence is too much. */
  allow(milliseconds: number): void {
    this.#milliseconds = milliseconds;
    this.resume();
  }

  /** Nobody listens: silence means nothing until `resume`. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  resume(): void {
    this.pause();
    const milliseconds = this.#milliseconds;
    if (milliseconds !== undefined)
      this.#timer = setTimeout(() => this.#onSilence(milliseconds), milliseconds);
  }
}
