/** Things that come in and are waited for: each is handed out once, to the first that asks for such a one. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting = new Set<() => void>();

  put(item: T): void {
    this.#items.push(item);
    for (const look of this.#waiting) look();
  }

  /** The first that is wanted, of those that are here already or come later; the others wait for others. */
  next(isWanted: (item: T) => boolean = () => true): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const look = () => {
      const index = this.#items.findIndex(isWanted);
      if (index < 0) return;
      this.#waiting.delete(look);
      for (const item of this.#items.splice(index, 1)) resolve(item);
    };
    this.#waiting.add(look);
    look();
    return promise;
  }
}
