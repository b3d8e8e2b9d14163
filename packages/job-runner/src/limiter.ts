/** Lets so many pieces of work go on at a time; the others wait in line. */
export class Limiter {
  readonly #most: number;
  readonly #line: (() => void)[] = [];
  #working = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Does the work when it is its turn. Rejects with the signal's reason if that fires before. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#working >= this.#most) await this.#turn(signal);
    else this.#working++;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Whoever has worked hands its place on, so that nobody overtakes. */
  #next(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#working--;
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#line.splice(this.#line.indexOf(begin), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#line.push(begin);
    });
  }
}
