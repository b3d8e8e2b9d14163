import { readVirtualOffset, type VirtualOffset } from '../bgzf/virtual-offset.ts';
import { openDecoded } from '../compression/open-decoded.ts';
import { FormatError } from '../format-error.ts';

/** Indexes of the largest genomes take some 100 MB; what is longer than this is none. */
const maximalSize = 256 * 1024 * 1024;

/** Reads a file, compressed or not, that is held as a whole: an index. */
export const loadIndex = async (path: string): Promise<Buffer> => {
  await using source = await openDecoded(path);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maximalSize)
      throw new FormatError('MALFORMED', `expected an index, found over ${maximalSize} bytes`, { path });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** Reads the numbers of an index one after the other, and none that is not there. */
export class IndexBytes {
  readonly path: string | undefined;
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, path: string | undefined, at = 0) {
    this.#bytes = bytes;
    this.path = path;
    this.#at = at;
  }

  /** The same bytes, to be read from a place on. */
  from(place: number): IndexBytes {
    return new IndexBytes(this.#bytes, this.path, place);
  }

  /** In bytes from the beginning. */
  get position(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Buffer {
    const at = this.#pass(length);
    return this.#bytes.subarray(at, at + length);
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#pass(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#pass(4));
  }

  uint64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.#pass(8)));
  }

  virtualOffset(): VirtualOffset {
    return readVirtualOffset(this.#bytes, this.#pass(8));
  }

  /** How many of something follow, each of which takes at least so many bytes: no more than there is room for. */
  count(what: string, leastSize: number): number {
    const count = this.int32();
    if (count >= 0 && count * leastSize <= this.left) return count;
    throw this.malformed(`the index claims ${count} ${what}, for which it is too short; make it anew`);
  }

  /** Goes on by so many bytes, and answers where they begin. */
  #pass(length: number): number {
    if (length > this.left) throw this.malformed('the index ends too early: it is incomplete; make it anew');
    this.#at += length;
    return this.#at - length;
  }

  malformed(text: string): FormatError {
    return new FormatError('MALFORMED', text, { path: this.path, offset: this.#at });
  }
}
