import { compressionOf, openDecoded, openSource } from '@galaxy-mesos/formats';
import { blocksBefore } from './bgzf-body.ts';

const telling = 0x10000 + 12;

/** The last bytes of the decompressed content of a file: at least `size`, or all there are. */
export interface ContentTail {
  readonly bytes: Buffer;
  /** Whether the content begins with them. */
  readonly isAll: boolean;
}

const tailOfStream = async (
  path: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<ContentTail> => {
  await using source = await openDecoded(path, { signal });
  let bytes = Buffer.alloc(0);
  let isAll = true;
  for await (const chunk of source) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length <= 2 * size) continue;
    bytes = Buffer.from(bytes.subarray(-size));
    isAll = false;
  }
  return { bytes, isAll };
};

/** Reads the end of a file: no more than that, where its compression allows it. */
export const contentTail = async (
  path: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<ContentTail> => {
  await using file = await openSource(path, { signal });
  const compression = compressionOf(await file.readAt(0, telling));
  if (compression === 'none') {
    const from = Math.max(0, file.size - size);
    return { bytes: Buffer.from(await file.readAt(from, file.size - from)), isAll: from === 0 };
  }
  if (compression !== 'bgzf') return tailOfStream(path, size, signal);
  const blocks: Buffer[] = [];
  let length = 0;
  let isAll = true;
  for await (const content of blocksBefore(file)) {
    if (length >= size) {
      isAll = false;
      break;
    }
    blocks.unshift(content);
    length += content.length;
  }
  return { bytes: Buffer.concat(blocks), isAll };
};
