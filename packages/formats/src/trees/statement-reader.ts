import { isBlankByte, nextIndex } from '../bytes.ts';
import { malformed } from '../malformed.ts';

const semicolon = 0x3b;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const apostrophe = 0x27;
const space = 0x20;

/**
 * Is told that a statement begins at `start`, comments right before it included; the first `length` bytes
 * of `head` are how its text begins, with a space in the place of each comment. The memory is used again.
 */
export type StatementListener = (start: number, head: Buffer, length: number) => void;

/**
 * Cuts chunks of any size into the statements of Newick and NEXUS, each of which ends with ";". Comments in "[]", which
 * may stand within each other, and labels in single quotes may hold any character.
 */
export class StatementReader {
  readonly #listener: StatementListener;
  #offset = 0;
  #inStatement = false;
  /** Where the comments begin that precede the next statement; -1 where there are none. */
  #lead = -1;
  /** How many comments are open, and where the outermost began. */
  #depth = 0;
  #quoted = false;
  /** Where the outermost comment or the quote that is open begins. */
  #opened = 0;
  /** The beginning of the present statement until it has been told. */
  readonly #head: Buffer;
  #headLength = 0;
  #headTold = true;
  #start = 0;
  // Where in the present chunk the next of these stands: looked for again only once it was passed.
  #nextSemicolon = -1;
  #nextBracket = -1;
  #nextQuote = -1;

  /** `headLength` is how much of a statement the listener needs to see, in bytes. */
  constructor(headLength: number, listener: StatementListener) {
    this.#head = Buffer.alloc(headLength);
    this.#listener = listener;
  }

  push(bytes: Buffer): void {
    let position = 0;
    this.#nextSemicolon = this.#nextBracket = this.#nextQuote = -1;
    while (position < bytes.length) {
      if (this.#depth > 0) position = this.#passComment(bytes, position);
      else if (this.#quoted) position = this.#passQuoted(bytes, position);
      else if (this.#inStatement) position = this.#passStatement(bytes, position);
      else position = this.#passGap(bytes, position);
    }
    this.#offset += bytes.length;
  }

  /** Says that no more bytes come. `whatToDo` is for the case that the last statement does not end. */
  end(whatToDo: string): void {
    if (this.#depth > 0)
      throw malformed('found a comment that no "]" closes up to the end of the file', this.#opened);
    if (this.#quoted) {
      const text = "found a quote that nothing closes up to the end of the file; write ' within quotes as ''";
      throw malformed(text, this.#opened);
    }
    if (this.#inStatement)
      throw malformed(`found no ";" up to the end of the file; ${whatToDo}`, this.#start);
  }

  #passGap(bytes: Buffer, from: number): number {
    let position = from;
    while (isBlankByte(bytes[position])) position += 1;
    if (position === bytes.length) return position;
    if (this.#lead === -1) this.#lead = this.#offset + position;
    if (bytes[position] === openBracket) return this.#openComment(position);
    this.#inStatement = true;
    this.#start = this.#lead;
    this.#lead = -1;
    this.#headLength = 0;
    this.#headTold = false;
    return position;
  }

  #openComment(position: number): number {
    this.#opened = this.#offset + position;
    this.#depth = 1;
    return position + 1;
  }

  #passComment(bytes: Buffer, from: number): number {
    const close = nextIndex(bytes, closeBracket, from);
    this.#depth += countOf(bytes, openBracket, from, close);
    if (close === bytes.length) return close;
    this.#depth -= 1;
    if (this.#depth === 0) this.#keepByte(space);
    return close + 1;
  }

  #passQuoted(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(apostrophe, from);
    const next = end === -1 ? bytes.length : end + 1;
    this.#keepHead(bytes, from, next);
    // Two quotes in a row stand for one: the second one opens again what the first one closed.
    this.#quoted = end === -1;
    return next;
  }

  #passStatement(bytes: Buffer, from: number): number {
    const special = this.#nextSpecial(bytes, from);
    this.#keepHead(bytes, from, special);
    const byte = bytes[special];
    if (byte === openBracket) return this.#openComment(special);
    if (byte === apostrophe) {
      this.#quoted = true;
      this.#opened = this.#offset + special;
      this.#keepHead(bytes, special, special + 1);
      return special + 1;
    }
    if (byte === semicolon) {
      this.#tellHead();
      this.#inStatement = false;
    }
    return Math.min(special + 1, bytes.length);
  }

  /** The index of the first of `;['`, or the length of the chunk. */
  #nextSpecial(bytes: Buffer, from: number): number {
    if (this.#nextSemicolon < from) this.#nextSemicolon = nextIndex(bytes, semicolon, from);
    if (this.#nextBracket < from) this.#nextBracket = nextIndex(bytes, openBracket, from);
    if (this.#nextQuote < from) this.#nextQuote = nextIndex(bytes, apostrophe, from);
    return Math.min(this.#nextSemicolon, this.#nextBracket, this.#nextQuote);
  }

  #keepHead(bytes: Buffer, from: number, to: number): void {
    if (this.#headTold) return;
    const head = this.#head;
    let length = this.#headLength;
    const end = Math.min(to, from + head.length - length);
    for (let index = from; index < end; index += 1) {
      head[length] = bytes[index] ?? space;
      length += 1;
    }
    this.#headLength = length;
    if (length === head.length) this.#tellHead();
  }

  #keepByte(byte: number): void {
    if (this.#headTold) return;
    this.#head[this.#headLength] = byte;
    this.#headLength += 1;
    if (this.#headLength === this.#head.length) this.#tellHead();
  }

  #tellHead(): void {
    if (this.#headTold) return;
    this.#headTold = true;
    this.#listener(this.#start, this.#head, this.#headLength);
  }
}

const countOf = (bytes: Buffer, byte: number, from: number, to: number): number => {
  let count = 0;
  for (let at = nextIndex(bytes, byte, from); at < to; at = nextIndex(bytes, byte, at + 1)) count += 1;
  return count;
};
