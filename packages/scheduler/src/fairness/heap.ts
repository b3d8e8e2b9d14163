/**
 * A binary heap whose first item may be changed where it is. FlatQueue, which serves elsewhere, orders by one number;
 * fairness needs ties broken, so that the same input gives the same order, and a first item that sinks without being
 * taken out and put in again.
 */
export class Heap<T> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #items: T[];

  /** Takes over `items`, in whatever order they are. */
  constructor(before: (a: T, b: T) => boolean, items: T[] = []) {
    this.#before = before;
    this.#items = items;
    for (let index = (items.length >> 1) - 1; index >= 0; index--) this.#sink(index);
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first item, left where it is. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above] as T;
      if (!this.#before(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  /** Takes the first item out. */
  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0 && last !== undefined) this.replaceFirst(last);
    return first;
  }

  /** Puts `item` in the place of the first, and then where it belongs. */
  replaceFirst(item: T): void {
    this.#items[0] = item;
    this.#sink(0);
  }

  /** To be called after the first item was changed so that it may belong further back. */
  firstChanged(): void {
    if (this.#items.length > 1) this.#sink(0);
  }

  #sink(from: number): void {
    const items = this.#items;
    const item = items[from] as T;
    const firstLeaf = items.length >> 1;
    let at = from;
    while (at < firstLeaf) {
      let child = 2 * at + 1;
      const right = child + 1;
      if (right < items.length && this.#before(items[right] as T, items[child] as T)) child = right;
      if (!this.#before(items[child] as T, item)) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = item;
  }
}
