/**
 * Lets whoever waits for words of a program wait only a while once that has ended: something that it began, and that
 * goes on, may hold the other end of them.
 */
export class Lingering {
  readonly #milliseconds: number;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;
  #giveUp: (() => void) | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** The program has ended. */
  over(): void {
    this.#isOver = true;
    this.#count();
  }

  /** What is waited for, one at a time; `undefined` if it did not come. */
  async wait<Value>(value: Promise<Value>): Promise<Value | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#giveUp = () => resolve(undefined);
    this.#count();
    try {
      return await Promise.race([value, promise]);
    } finally {
      clearTimeout(this.#timer);
      this.#giveUp = undefined;
    }
  }

  #count(): void {
    if (this.#isOver && this.#giveUp) this.#timer = setTimeout(this.#giveUp, this.#milliseconds);
  }
}
