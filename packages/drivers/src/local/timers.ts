// Longer waits overflow in Node, which then does not wait at all.
const longestWait = 2 ** 31 - 1;

/** Milliseconds by the clock of this boot of the machine, which is the same for all processes and does not jump. */
export const bootMilliseconds = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Calls back once after any number of milliseconds; the answer cancels that. The timer does not keep Node
 * alive unless `keepsAlive` is given.
 */
export const after = (
  milliseconds: number,
  callback: () => void,
  options?: { readonly keepsAlive: boolean },
): (() => void) => {
  let left = Math.max(0, milliseconds);
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const step = Math.min(left, longestWait);
    left -= step;
    timer = setTimeout(() => (left > 0 ? wait() : callback()), step);
    if (options?.keepsAlive !== true) timer.unref();
  };
  wait();
  return () => clearTimeout(timer);
};

/** Looks at something again and again for as long as there is something to look at. */
export class Poll {
  readonly #look: () => boolean;
  readonly #intervalMilliseconds: number;
  readonly #keepsAlive: boolean;
  #cancel: (() => void) | undefined;

  /** `look` says whether to look again. */
  constructor(options: {
    readonly intervalMilliseconds: number;
    readonly keepsAlive: boolean;
    readonly look: () => boolean;
  }) {
    this.#look = options.look;
    this.#intervalMilliseconds = options.intervalMilliseconds;
    this.#keepsAlive = options.keepsAlive;
  }

  /** Without effect if it is awake. */
  wake(): void {
    if (this.#cancel === undefined) this.#schedule(this.#intervalMilliseconds);
  }

  /** Until it is woken again. */
  sleep(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(milliseconds: number): void {
    this.#cancel = after(milliseconds, () => this.#run(), { keepsAlive: this.#keepsAlive });
  }

  #run(): void {
    const began = performance.now();
    const goOn = this.#look();
    // Looking shall not take more than a fiftieth of the time, however many processes there are.
    const pause = Math.max(this.#intervalMilliseconds, 50 * (performance.now() - began));
    this.#cancel = undefined;
    if (goOn) this.#schedule(pause);
  }
}
