interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** What is to happen when; a binary heap. */
export class Agenda {
  readonly #heap: Entry[] = [];
  now: number;

  constructor(now: number) {
    this.now = now;
  }

  /** Has something happen after so many milliseconds. */
  after(milliseconds: number, run: () => void): void {
    this.#heap.push({ at: this.now + milliseconds, run });
    this.#rise(this.#heap.length - 1);
  }

  /** Has everything happen that is due by then, in its order. */
  runUntil(time: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= time; next = this.#heap[0]) {
      this.#takeFirst();
      this.now = next.at;
      next.run();
    }
    this.now = time;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfLater(parent, index)) {
        return;
      }
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = this.#isLater(left, right) ? right : left;
      if (child >= this.#heap.length || !this.#swapIfLater(index, child)) {
        return;
      }
      index = child;
    }
  }

  #isLater(one: number, other: number): boolean {
    return (
      (this.#heap[one]?.at ?? Number.POSITIVE_INFINITY) > (this.#heap[other]?.at ?? Number.POSITIVE_INFINITY)
    );
  }

  #swapIfLater(one: number, other: number): boolean {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (first === undefined || second === undefined || first.at <= second.at) {
      return false;
    }
    this.#heap[one] = second;
    this.#heap[other] = first;
    return true;
  }
}
