/** Does what is asked for one key one after the other, in the order of asking; different keys do not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does it when all that was asked before for this key has ended, well or not. */
  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
