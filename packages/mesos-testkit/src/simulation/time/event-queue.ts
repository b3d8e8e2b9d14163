/**
 * What is to happen, by time; things of the same time come out in the order in which they went in, without which a
 * simulation would not repeat itself (queues of libraries leave that order open).
 */
export class EventQueue<Item> {
  // A binary heap in flat arrays: no object per entry.
  readonly #times: number[] = [];
  readonly #sequences: number[] = [];
  readonly #items: Item[] = [];
  #pushed = 0;

  get length(): number {
    return this.#times.length;
  }

  /** When the next is due; `Infinity` if there is none. */
  get nextTime(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  push(time: number, item: Item): void {
    const sequence = this.#pushed++;
    let position = this.#times.length;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.#isBefore(time, sequence, parent)) break;
      this.#move(parent, position);
      position = parent;
    }
    this.#put(position, time, sequence, item);
  }

  /** Takes out the next. */
  pop(): Item | undefined {
    const [first] = this.#items;
    const time = this.#times.pop();
    const sequence = this.#sequences.pop();
    const item = this.#items.pop();
    if (time === undefined || sequence === undefined || item === undefined) return undefined;
    if (this.#times.length > 0) this.#sink(time, sequence, item);
    return first;
  }

  /** Puts an entry in the place of the first, and down from there to where it belongs. */
  #sink(time: number, sequence: number, item: Item): void {
    const { length } = this.#times;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#isBefore(this.#timeAt(child + 1), this.#sequenceAt(child + 1), child))
        child++;
      if (this.#isBefore(time, sequence, child)) break;
      this.#move(child, position);
      position = child;
    }
    this.#put(position, time, sequence, item);
  }

  #timeAt(position: number): number {
    return this.#times[position] ?? Number.POSITIVE_INFINITY;
  }

  #sequenceAt(position: number): number {
    return this.#sequences[position] ?? Number.POSITIVE_INFINITY;
  }

  #isBefore(time: number, sequence: number, other: number): boolean {
    const otherTime = this.#timeAt(other);
    return time < otherTime || (time === otherTime && sequence < this.#sequenceAt(other));
  }

  #put(position: number, time: number, sequence: number, item: Item): void {
    this.#times[position] = time;
    this.#sequences[position] = sequence;
    this.#items[position] = item;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#timeAt(from), this.#sequenceAt(from), this.#items[from] as Item);
  }
}
