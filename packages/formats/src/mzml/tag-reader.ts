import { malformed } from '../malformed.ts';

const less = 0x3c;
const exclamation = 0x21;
const question = 0x3f;

/** Enough for the name of a tag and the character after it. */
const headLength = 24;

/** Where markup ends in which "<" has no meaning, by how it begins. */
const skipped: readonly { readonly opening: string; readonly closing: Buffer }[] = [
  { opening: '<!--', closing: Buffer.from('-->') },
  { opening: '<![CDATA[', closing: Buffer.from(']]>') },
  { opening: '<?', closing: Buffer.from('?>') },
];

/** Is told of a tag that begins at `offset` in the file and at `index` in `bytes`, where at least its name is at hand. */
export type TagListener = (offset: number, bytes: Buffer, index: number) => void;

/** How a tag begins. */
export const headOf = (bytes: Buffer, index: number): string =>
  bytes.toString('latin1', index, index + headLength);

/** Finds the tags of an XML document in chunks of any size; comments, CDATA and instructions are passed over. */
export class TagReader {
  readonly #listener: TagListener;
  #offset = 0;
  /** The bytes of a tag that began in an earlier chunk and was not told yet, or the end of what is passed over. */
  #rest = Buffer.alloc(0);
  #closing: Buffer | undefined;
  /** Where what is passed over begins. */
  #opened = 0;

  constructor(listener: TagListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const kept = this.#read(bytes, this.#offset - this.#rest.length, false);
    this.#offset += chunk.length;
    this.#rest = Buffer.from(bytes.subarray(kept));
  }

  end(): void {
    this.#read(this.#rest, this.#offset - this.#rest.length, true);
    if (this.#closing !== undefined) {
      throw malformed(`found no "${this.#closing}" up to the end of the file`, this.#opened);
    }
  }

  /** Tells of the tags in these bytes, and answers the index from which on more has to come first. */
  #read(bytes: Buffer, offset: number, isAll: boolean): number {
    let position = 0;
    while (position < bytes.length) {
      if (this.#closing !== undefined) {
        const end = bytes.indexOf(this.#closing, position);
        if (end === -1) return Math.max(position, bytes.length - this.#closing.length + 1);
        position = end + this.#closing.length;
        this.#closing = undefined;
        continue;
      }
      const tag = bytes.indexOf(less, position);
      if (tag === -1) return bytes.length;
      if (tag + headLength > bytes.length && !isAll) return tag;
      position = tag + this.#pass(bytes, tag, offset + tag);
    }
    return bytes.length;
  }

  #pass(bytes: Buffer, tag: number, offset: number): number {
    const second = bytes[tag + 1];
    const head = second === exclamation || second === question ? headOf(bytes, tag) : '';
    const skip = head === '' ? undefined : skipped.find(({ opening }) => head.startsWith(opening));
    if (skip === undefined) {
      this.#listener(offset, bytes, tag);
      return 1;
    }
    this.#closing = skip.closing;
    this.#opened = offset;
    return skip.opening.length;
  }
}
