const minute = 60_000;

/**
 * At most so many attempts are ended in any minute. It keeps the moments of the last ones: a bucket of tokens that fills
 * up again would let twice as many through in the minute after a pause.
 */
export class PreemptionCap {
  #maximum: number;
  #ended: number[] = [];

  constructor(maximumPerMinute: number) {
    this.#maximum = maximumPerMinute;
  }

  /** Goes by another number from now on. */
  reconfigure(maximumPerMinute: number): void {
    this.#maximum = maximumPerMinute;
  }

  /** How many more may be ended now. */
  left(now: number): number {
    this.#ended = this.#ended.filter((moment) => moment > now - minute);
    return Math.max(Math.floor(this.#maximum) - this.#ended.length, 0);
  }

  /** So many are ended now. */
  take(count: number, now: number): void {
    for (let ended = 0; ended < count; ended++) this.#ended.push(now);
  }

  /** When one more may be ended than now; `now` if that is already so, `Infinity`: never. */
  nextAt(now: number): number {
    if (this.left(now) > 0) return now;
    const oldest = this.#ended[0];
    return oldest === undefined ? Number.POSITIVE_INFINITY : oldest + minute;
  }
}
