/** The second time that something is told; each time after that it takes twice as long, up to the longest. */
const firstPauseMilliseconds = 60_000;
const longestPauseMilliseconds = 3_600_000;

/** More would be kept of words that differ each time. */
const mostWords = 20;

/**
 * Decides when trouble that goes on is told again: each new word of it at once, and then ever more rarely. `now` is a
 * clock that never jumps.
 */
export class Reminders {
  readonly #now: () => number;
  readonly #told = new Set<string>();
  #pause = firstPauseMilliseconds;
  #next = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether this is to be told now; counts it as told then. */
  isDue(word: string): boolean {
    const now = this.#now();
    const isNew = !this.#told.has(word) && this.#told.size < mostWords;
    if (isNew) this.#told.add(word);
    else if (now < this.#next) return false;
    else this.#pause = Math.min(this.#pause * 2, longestPauseMilliseconds);
    this.#next = now + this.#pause;
    return true;
  }

  /** The trouble is over: the next is told at once. */
  clear(): void {
    this.#told.clear();
    this.#pause = firstPauseMilliseconds;
    this.#next = Number.NEGATIVE_INFINITY;
  }
}
