/** How a daemon's time with its store ends: it was told to stop, or must begin anew. */
export type End = 'stop' | 'again';

/** Waits for the first reason to end; later ones change nothing. */
export class Ending {
  readonly #ended = Promise.withResolvers<End>();

  constructor() {
    // It may come to an end before anybody waits for it.
    this.#ended.promise.catch(() => {});
  }

  end(how: End): void {
    this.#ended.resolve(how);
  }

  fail(error: unknown): void {
    this.#ended.reject(error);
  }

  wait(): Promise<End> {
    return this.#ended.promise;
  }
}
