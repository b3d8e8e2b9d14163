/**
 * Six million: at most 100 MB, so that files without `###` cannot fill the memory. They are hashed to 64 bits, because as
 * strings they would take ten times as much; that two names of a file hash alike is less likely than a faulty disk.
 */
const maximumNames = 6_000_000;

const initialSlots = 1 << 11;

/** Seldom and by much: tables that are given up stay in memory until the garbage collector comes. */
const growth = 8;

/** Of each slot, side by side, so that a look at it costs one access to memory: two halves of the hash, and the line. */
const words = 3;
const lineWord = 2;

/** Spreads what differs in any bit over all bits (the last steps of MurmurHash3). */
const spread = (hash: number): number => {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};

/** The line on which each name was first seen. */
export class NameTable {
  #slots = initialSlots;
  /** The line's number, from 1; 0 marks an empty slot. */
  #table = new Int32Array(initialSlots * words);
  #names = 0;
  // Of the name that was looked for last.
  #high = 0;
  #low = 0;
  #at = 0;

  get isFull(): boolean {
    return this.#names >= maximumNames;
  }

  /** Begins a name: two names are one if all that was mixed into them is the same. */
  begin(): void {
    this.#high = 0x811c9dc5;
    this.#low = 0x2545f491;
  }

  /** Adds bytes to the present name. */
  mix(bytes: Uint8Array, from: number, to: number): void {
    let high = this.#high;
    let low = this.#low;
    for (let index = from; index < to; index += 1) {
      const byte = bytes[index] ?? 0;
      high = Math.imul(high ^ byte, 0x01000193);
      low = Math.imul(low ^ byte, 0x5bd1e995);
      low ^= low >>> 15;
    }
    // The length, so that where one piece ends and the next begins tells names apart.
    this.#high = spread(high ^ (to - from));
    this.#low = low;
  }

  /** The line of the present name, or 0 if it was not seen. */
  find(): number {
    const table = this.#table;
    const high = this.#high;
    const low = this.#low;
    let at = this.#firstSlot(high) * words;
    for (let line = table[at + lineWord]; line; line = table[at + lineWord]) {
      if (table[at] === high && table[at + 1] === low) break;
      at += words;
      if (at === table.length) at = 0;
    }
    this.#at = at;
    return table[at + lineWord] ?? 0;
  }

  /** Notes the line of the name that {@link find} just did not find. */
  add(line: number): void {
    const table = this.#table;
    table[this.#at] = this.#high;
    table[this.#at + 1] = this.#low;
    table[this.#at + lineWord] = line;
    this.#names += 1;
    if (this.#names > this.#slots * 0.75) this.#grow();
  }

  clear(): void {
    if (this.#slots === initialSlots) this.#table.fill(0);
    else this.#resize(initialSlots);
    this.#names = 0;
  }

  #firstSlot(hash: number): number {
    return hash & (this.#slots - 1);
  }

  #grow(): void {
    const old = this.#table;
    this.#resize(this.#slots * growth);
    const table = this.#table;
    for (let from = 0; from < old.length; from += words) {
      if (old[from + lineWord] === 0) continue;
      let at = this.#firstSlot(old[from] ?? 0) * words;
      while (table[at + lineWord] !== 0) at = at + words === table.length ? 0 : at + words;
      table[at] = old[from] ?? 0;
      table[at + 1] = old[from + 1] ?? 0;
      table[at + lineWord] = old[from + lineWord] ?? 0;
    }
  }

  #resize(slots: number): void {
    this.#slots = slots;
    this.#table = new Int32Array(slots * words);
  }
}
