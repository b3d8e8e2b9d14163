/** What is to be told of tasks that wait: nothing, what no agent could ever run, or all. */
export type UnplacedLook = 'nothing' | 'impossible' | 'all';

const firstLookMilliseconds = 1000;

/** Where something always waits, kinds that were told of are forgotten after so many, and may be told of again. */
const mostTold = 10_000;

/** Decides when people are told why tasks wait: once for each kind of task, until one of that kind is placed. */
export class UnplacedWatch {
  readonly #patience: number;
  readonly #told = new Map<string, 'impossible' | 'waiting'>();
  /** Since when tasks wait and none was placed. */
  #since: number | undefined;
  #nextLook = Number.POSITIVE_INFINITY;

  /** All is told after so many seconds in which nothing was placed; what can never run after one. */
  constructor(patienceSeconds: number) {
    this.#patience = patienceSeconds * 1000;
  }

  /** When {@link look} will have something. */
  get nextDue(): number {
    return this.#nextLook;
  }

  /** Takes in whether tasks wait, and whether some were placed just now. */
  note(isAnyWaiting: boolean, isAnyPlaced: boolean, now: number): void {
    if (!isAnyWaiting) {
      this.#since = undefined;
      this.#nextLook = Number.POSITIVE_INFINITY;
      this.#told.clear();
    } else if (isAnyPlaced || this.#since === undefined) {
      this.#since = now;
      this.#nextLook = now + Math.min(firstLookMilliseconds, this.#patience);
    }
  }

  /** What is to be told now. */
  look(now: number): UnplacedLook {
    if (now < this.#nextLook || this.#since === undefined) return 'nothing';
    const isLong = now - this.#since >= this.#patience;
    this.#nextLook = isLong
      ? now + Math.max(this.#patience, firstLookMilliseconds)
      : this.#since + this.#patience;
    return isLong ? 'all' : 'impossible';
  }

  /** Whether this was not told before; it is taken for told. */
  isNews(key: string, what: 'impossible' | 'waiting'): boolean {
    if (this.#told.get(key) === what) return false;
    if (this.#told.size >= mostTold) this.#told.clear();
    this.#told.set(key, what);
    return true;
  }
}
