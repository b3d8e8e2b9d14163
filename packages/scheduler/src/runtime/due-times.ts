import FlatQueue from 'flatqueue';

// Below that many, times that were changed since are not worth looking for.
const leastToSweep = 1000;

/** Keys that each become due at a time, which may be changed; finding the first costs little however many there are. */
export class DueTimes<Key extends string> {
  readonly #times = new Map<Key, number>();
  /** May hold times that were changed since: those are passed over when they come up. */
  readonly #queue = new FlatQueue<Key>();

  /** Not after the first time at which {@link take} has something. */
  get next(): number {
    for (;;) {
      const key = this.#queue.peek();
      const at = this.#queue.peekValue();
      if (key === undefined || at === undefined) return Number.POSITIVE_INFINITY;
      if (this.#times.get(key) === at) return at;
      this.#queue.pop();
    }
  }

  /** How many keys have a time. */
  get size(): number {
    return this.#times.size;
  }

  /** How many times are held, those that were changed since among them: what this costs in memory. */
  get held(): number {
    return this.#queue.length;
  }

  /** The keys that have a time. */
  get keys(): Iterable<Key> {
    return this.#times.keys();
  }

  /** Whether a key has a time. */
  has(key: Key): boolean {
    return this.#times.has(key);
  }

  /** Sets when a key is due; `Infinity`: never. */
  set(key: Key, at: number): void {
    if (this.#times.get(key) === at) return;
    if (at === Number.POSITIVE_INFINITY) {
      this.#times.delete(key);
      return;
    }
    this.#times.set(key, at);
    this.#queue.push(key, at);
    if (this.#queue.length > leastToSweep && this.#queue.length > 2 * this.#times.size) this.#sweep();
  }

  delete(key: Key): void {
    this.#times.delete(key);
  }

  clear(): void {
    this.#times.clear();
    this.#queue.clear();
  }

  /** Takes out so many keys that are due, the first first. */
  take(now: number, atMost = Number.POSITIVE_INFINITY): Key[] {
    const due: Key[] = [];
    while (due.length < atMost && this.next <= now) {
      const key = this.#queue.pop();
      if (key === undefined) break;
      this.#times.delete(key);
      due.push(key);
    }
    return due;
  }

  /** Times of years ahead would otherwise be held until then, though nobody waits for them any more. */
  #sweep(): void {
    this.#queue.clear();
    for (const [key, at] of this.#times) this.#queue.push(key, at);
    this.#queue.shrink();
  }
}
