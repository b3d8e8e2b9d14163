import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { compressionOf, openDecoded, openSource } from '@galaxy-mesos/formats';

/** 128 KiB: two hundred files that are read together take 50 MB. */
const chunkSize = 128 * 1024;

/** The decompressed content of a file, in chunks that are small where many files are read together. */
async function* smallChunks(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  await using source = await openSource(path, { signal });
  if (compressionOf(await source.readAt(0, chunkSize)) !== 'none') {
    await using decoded = await openDecoded(path, { signal });
    yield* decoded;
    return;
  }
  await using file = await open(path, constants.O_RDONLY);
  for (let at = 0; at < source.size; ) {
    signal?.throwIfAborted();
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkSize, source.size - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
  await source.assertUnchanged();
}

/** A file's decompressed content, of which a stretch is at hand. */
export class ContentWindow {
  /** What is at hand. */
  bytes: Buffer = Buffer.alloc(0);
  /** How much of that was dealt with. */
  at = 0;
  /** Where the first byte at hand is in the content. */
  offset = 0;
  readonly #chunks: AsyncGenerator<Uint8Array>;

  /** `chunks` are those of the content; of all of it, if they are not given. */
  constructor(path: string, signal: AbortSignal | undefined, chunks = smallChunks(path, signal)) {
    this.#chunks = chunks;
  }

  /** Brings one chunk more, and forgets what was dealt with; false at the end. */
  async more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    const rest = this.bytes.subarray(this.at);
    this.offset += this.at;
    this.at = 0;
    this.bytes =
      rest.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        : Buffer.concat([rest, value]);
    return true;
  }

  /** Sees to it that `length` bytes are at hand that were not dealt with; false if there are not so many. */
  async reach(length: number): Promise<boolean> {
    while (this.bytes.length - this.at < length) if (!(await this.more())) return false;
    return true;
  }

  /** Passes over bytes. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const passed = Math.min(left, this.bytes.length - this.at);
      this.at += passed;
      left -= passed;
      if (left > 0 && !(await this.more())) return;
    }
  }

  /** Adds the end of a line to what is at hand. */
  closeLine(): void {
    this.bytes = Buffer.concat([this.bytes, Buffer.from('\n')]);
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
}
