/** Never settles, as what a dead process waits for. */
export const never: Promise<never> = new Promise(() => {});

/**
 * The moments of a run at which a scheduler can die, counted over all its lives: before and after each commit, before
 * and after each call is sent and when it is answered, before and after each event.
 */
export class Moments {
  readonly #deadly: ReadonlySet<number>;
  readonly #names: Set<string>;
  readonly #died: string[] = [];
  #count = 0;

  /** It dies at those with these numbers, the first being 0, and the first time at those with these names. */
  constructor(numbers: Iterable<number> = [], names: Iterable<string> = []) {
    this.#deadly = new Set(numbers);
    this.#names = new Set(names);
  }

  get count(): number {
    return this.#count;
  }

  /** Where it died so far. */
  get died(): readonly string[] {
    return this.#died;
  }

  /** The next moment; answers whether it is deadly. */
  isDeadly(name: string): boolean {
    const isNamed = this.#names.delete(name);
    const isDeadly = this.#deadly.has(this.#count++) || isNamed;
    if (isDeadly) this.#died.push(name);
    return isDeadly;
  }
}

/** The process of a scheduler, which may die at any moment. */
export class Life {
  readonly #moments: Moments;
  readonly #onDeath: () => void;
  #isDead = false;

  constructor(moments: Moments, onDeath: () => void) {
    this.#moments = moments;
    this.#onDeath = onDeath;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Answers whether it is dead from this moment on, or was before. */
  diesAt(name: string): boolean {
    if (!this.#isDead && this.#moments.isDeadly(name)) this.die();
    return this.#isDead;
  }

  die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#onDeath();
  }

  /** What the process hears of something that goes on without it: nothing once it is dead. */
  async hears<Result>(name: string, promise: Promise<Result>): Promise<Result> {
    try {
      const result = await promise;
      return this.diesAt(name) ? never : result;
    } catch (error) {
      if (this.#isDead) return never;
      throw error;
    }
  }
}
