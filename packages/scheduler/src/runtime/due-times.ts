import FlatQueue from 'flatqueue';

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

  /** Sets when a key is due; `Infinity`: never. */
  set(key: Key, at: number): void {
    if (this.#times.get(key) === at) return;
    if (at === Number.POSITIVE_INFINITY) {
      this.#times.delete(key);
      return;
    }
    this.#times.set(key, at);
    this.#queue.push(key, at);
  }

  delete(key: Key): void {
    this.#times.delete(key);
  }

  clear(): void {
    this.#times.clear();
    this.#queue.clear();
  }

  /** Takes out all keys that are due, the first first. */
  take(now: number): Key[] {
    const due: Key[] = [];
    while (this.next <= now) {
      const key = this.#queue.pop();
      if (key === undefined) break;
      this.#times.delete(key);
      due.push(key);
    }
    return due;
  }
}
