/** A set of small numbers, a bit for each, that can be gone through in ascending order without being sorted. */
export class NumberSet {
  #words = new Uint32Array(64);

  add(number: number): void {
    const word = number >>> 5;
    if (word >= this.#words.length) this.#grow(word);
    this.#words[word] = (this.#words[word] as number) | (1 << (number & 31));
  }

  delete(number: number): void {
    const word = number >>> 5;
    if (word < this.#words.length) this.#words[word] = (this.#words[word] as number) & ~(1 << (number & 31));
  }

  /** All numbers that are in the set. */
  ascending(): number[] {
    const numbers: number[] = [];
    for (let word = 0; word < this.#words.length; word++) {
      let bits = this.#words[word] as number;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        numbers.push(word * 32 + bit);
        bits &= bits - 1;
      }
    }
    return numbers;
  }

  #grow(word: number): void {
    const larger = new Uint32Array(2 ** Math.ceil(Math.log2(word + 1)));
    larger.set(this.#words);
    this.#words = larger;
  }
}
