/**
 * Six million: at most 100 MB, so that files without `###` cannot fill the memory. They are hashed to 64 bits, because as
 * strings they would take ten times as much; that two names of a file hash alike is less likely than a faulty disk.
 */
const maximumNames = 6_000_000;

const initialSlots = 1 << 11;

/** Seldom and by much: tables that are given up stay in memory until the garbage collector comes. */
const growth = 8;

/** The line on which each name was first seen. */
export class NameTable {
  #slots = initialSlots;
  #high = new Uint32Array(initialSlots);
  #low = new Uint32Array(initialSlots);
  /** The line's number, from 1; 0 marks an empty slot. */
  #lines = new Uint32Array(initialSlots);
  #names = 0;
  // Of the name that was looked for last.
  #hashHigh = 0;
  #hashLow = 0;
  #slot = 0;

  get isFull(): boolean {
    return this.#names >= maximumNames;
  }

  /** Begins a name: two names are one if all that was mixed into them is the same. */
  begin(): void {
    this.#hashHigh = 0x811c9dc5;
    this.#hashLow = 0x2545f491;
  }

  /** Adds bytes to the present name. */
  mix(bytes: Uint8Array, from: number, to: number): void {
    let high = this.#hashHigh;
    let low = this.#hashLow;
    for (let index = from; index < to; index += 1) {
      const byte = bytes[index] ?? 0;
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low ^ byte, 0x5bd1e995);
      low ^= low >>> 15;
    }
    // The length, so that where one piece ends and the next begins tells names apart.
    this.#hashHigh = Math.imul(high ^ (to - from), 0x85ebca6b);
    this.#hashLow = low;
  }

  /** The line of the present name, or 0 if it was not seen. */
  find(): number {
    const mask = this.#slots - 1;
    let slot = (this.#hashHigh ^ (this.#hashLow >>> 7)) & mask;
    while (this.#lines[slot] !== 0) {
      if (this.#high[slot] === this.#hashHigh >>> 0 && this.#low[slot] === this.#hashLow >>> 0) break;
      slot = (slot + 1) & mask;
    }
    this.#slot = slot;
    return this.#lines[slot] ?? 0;
  }

  /** Notes the line of the name that {@link find} just did not find. */
  add(line: number): void {
    this.#high[this.#slot] = this.#hashHigh;
    this.#low[this.#slot] = this.#hashLow;
    this.#lines[this.#slot] = line;
    this.#names += 1;
    if (this.#names > this.#slots * 0.75) this.#grow();
  }

  clear(): void {
    if (this.#slots === initialSlots) this.#lines.fill(0);
    else this.#resize(initialSlots);
    this.#names = 0;
  }

  #grow(): void {
    const [high, low, lines] = [this.#high, this.#low, this.#lines];
    this.#resize(this.#slots * growth);
    const mask = this.#slots - 1;
    for (const [old, line] of lines.entries()) {
      if (line === 0) continue;
      const oldHigh = high[old] ?? 0;
      const oldLow = low[old] ?? 0;
      let slot = (oldHigh ^ (oldLow >>> 7)) & mask;
      while (this.#lines[slot] !== 0) slot = (slot + 1) & mask;
      this.#high[slot] = oldHigh;
      this.#low[slot] = oldLow;
      this.#lines[slot] = line;
    }
  }

  #resize(slots: number): void {
    this.#slots = slots;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#lines = new Uint32Array(slots);
  }
}
