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
  #at = 0;

  constructor(bytes: Buffer, path: string | undefined) {
    this.#bytes = bytes;
    this.path = path;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw this.malformed('the index ends too early: it is incomplete; make it anew');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  int32(): number {
    return this.bytes(4).readInt32LE(0);
  }

  uint32(): number {
    return this.bytes(4).readUInt32LE(0);
  }

  uint64(): number {
    return Number(this.bytes(8).readBigUInt64LE(0));
  }

  virtualOffset(): VirtualOffset {
    return readVirtualOffset(this.bytes(8), 0);
  }

  /** How many of something follow, each of which takes at least so many bytes: no more than there is room for. */
  count(what: string, leastSize: number): number {
    const count = this.int32();
    if (count >= 0 && count * leastSize <= this.left) return count;
    throw this.malformed(`the index claims ${count} ${what}, for which it is too short; make it anew`);
  }

  malformed(text: string): FormatError {
    return new FormatError('MALFORMED', text, { path: this.path, offset: this.#at });
  }
}
