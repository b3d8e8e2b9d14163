/** Numbers that look random and are the same for the same seed. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x5eed5eed) >>> 0 || 1;
  }

  /** At least 0, less than 1. */
  number(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state / 2 ** 32;
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.number() < probability;
  }

  between(least: number, most: number): number {
    return least + this.number() * (most - least);
  }

  /** As the time between two things that happen independently of one another, on average `mean`. */
  wait(mean: number): number {
    return -mean * Math.log(1 - this.number());
  }

  of<Value>(values: readonly Value[]): Value | undefined {
    return values[Math.floor(this.number() * values.length)];
  }
}
