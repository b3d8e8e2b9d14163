import {
  type Compression,
  encode,
  endOfFileMarker,
  openDecoded,
  openSource,
  type WrittenCompression,
} from '@galaxy-mesos/formats';
import { bodyPieces, lastByteOf } from '../files/bgzf-body.ts';
import type { ResultFile } from '../files/result-file.ts';

const newline = 0x0a;

/** A stretch of the decompressed content of a file. */
export interface Stretch {
  readonly path: string;
  readonly from: number;
  /** `undefined`: up to the end. */
  readonly to: number | undefined;
}

/** Puts bytes and stretches of files one after the other, and compresses anew only what it must. */
export class Joiner {
  readonly #result: ResultFile;
  readonly #compression: Compression;
  readonly #lineEnd: Uint8Array | undefined;
  readonly #signal: AbortSignal | undefined;
  /** The last byte of the content so far. */
  #last: number | undefined;

  /** `lineEnd` is put where something follows a line that lacks its end; without it, nothing is. */
  constructor(
    result: ResultFile,
    compression: Compression,
    {
      lineEnd,
      signal,
    }: { readonly lineEnd: Uint8Array | undefined; readonly signal: AbortSignal | undefined },
  ) {
    this.#result = result;
    this.#compression = compression;
    this.#lineEnd = lineEnd;
    this.#signal = signal;
  }

  /** Appends bytes, such as a header. */
  async bytes(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    await this.#closeLine();
    await this.#encode([bytes]);
    this.#last = bytes.at(-1);
  }

  /** Appends a stretch of the content of a file of the same compression. */
  async stretch(stretch: Stretch): Promise<void> {
    this.#last = (await this.#copy(stretch)) ?? this.#last;
  }

  /** Nothing follows. */
  async end(): Promise<void> {
    if (this.#compression === 'bgzf') await this.#result.write(endOfFileMarker);
    // A file of no bytes at all is not one that gzip or zstd reads.
    else if (this.#result.size === 0) await this.#result.writeAll(encode(emptiness(), this.#written));
  }

  get #written(): WrittenCompression {
    if (this.#compression === 'bzip2' || this.#compression === 'xz') return 'none';
    return this.#compression;
  }

  async #closeLine(): Promise<void> {
    if (this.#lineEnd === undefined || this.#last === undefined || this.#last === newline) return;
    await this.#encode([this.#lineEnd]);
    this.#last = newline;
  }

  async #encode(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const encoded = encode(streamOf(chunks), this.#written);
    await this.#result.writeAll(this.#compression === 'bgzf' ? withoutMarker(encoded) : encoded);
  }

  /** Answers the last byte of the content, if there is one. */
  #copy(stretch: Stretch): Promise<number | undefined> {
    if (this.#compression === 'none') return this.#copyPlain(stretch);
    if (this.#compression === 'bgzf' && stretch.to === undefined) return this.#copyBlocks(stretch);
    return this.#copyDecoded(stretch);
  }

  async #copyPlain({ path, from, to }: Stretch): Promise<number | undefined> {
    await using source = await openSource(path, { signal: this.#signal });
    const end = to ?? source.size;
    if (end <= from) return undefined;
    const [last] = await source.readAt(end - 1, 1);
    await this.#closeLine();
    await this.#result.copy(path, { offset: from, length: end - from });
    return last;
  }

  async #copyBlocks({ path, from }: Stretch): Promise<number | undefined> {
    const pieces = await bodyPieces(path, from, this.#signal);
    if (pieces.length === 0) return undefined;
    await this.#closeLine();
    for (const piece of pieces) {
      if ('bytes' in piece) await this.#result.write(piece.bytes);
      else await this.#result.copy(piece.source, piece);
    }
    return lastByteOf(path, this.#signal);
  }

  async #copyDecoded(stretch: Stretch): Promise<number | undefined> {
    let last: number | undefined;
    const content = sliceOf(stretch, this.#signal, (chunk) => {
      last = chunk.at(-1);
    });
    const { value: first } = await content.next();
    if (first === undefined) return undefined;
    if (stretch.from > 0 || stretch.to !== undefined) {
      await this.#closeLine();
      await this.#encode(followedBy(first, content));
    } else {
      // A part that was cut off would not be seen, if it were copied without a look at all of it.
      for await (const _ of content);
      await this.#closeLine();
      await this.#result.copy(stretch.path);
    }
    return last;
  }
}

async function* followedBy(first: Uint8Array, others: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}

async function* emptiness(): AsyncGenerator<Uint8Array> {}

async function* streamOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The marker is what the last chunk is. */
async function* withoutMarker(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) if (chunk !== endOfFileMarker) yield chunk;
}

async function* sliceOf(
  { path, from, to = Number.POSITIVE_INFINITY }: Stretch,
  signal: AbortSignal | undefined,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array, undefined> {
  await using source = await openDecoded(path, { signal });
  let offset = 0;
  for await (const chunk of source) {
    const wanted = chunk.subarray(Math.max(0, from - offset), Math.max(0, to - offset));
    offset += chunk.length;
    if (wanted.length === 0) continue;
    see(wanted);
    yield wanted;
  }
  return undefined;
}
