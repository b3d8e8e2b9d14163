/** Blocks that are compressed at a time: as many as Node has threads for it, unless told otherwise. */
const blocksAtATime = 4;

/** Cuts chunks of any size into blocks of one size, the last of which may be shorter. */
export async function* inBlocks(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for await (let chunk of chunks) {
    while (length + chunk.length >= size) {
      const missing = size - length;
      yield Buffer.concat([...pending, chunk.subarray(0, missing)]);
      chunk = chunk.subarray(missing);
      pending = [];
      length = 0;
    }
    // A copy: whoever gave the chunk may use its memory again.
    if (chunk.length > 0) pending.push(Buffer.from(chunk));
    length += chunk.length;
  }
  if (length > 0) yield Buffer.concat(pending);
}

/** What becomes of the blocks, in their order; several are worked on at a time, each on a thread of its own. */
export async function* sideBySide(
  blocks: AsyncIterable<Uint8Array>,
  compress: (block: Uint8Array) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const underWay: Promise<Uint8Array>[] = [];
  try {
    for await (const block of blocks) {
      const compressed = compress(block);
      // Its failure is thrown when its turn comes; until then it must not count as one nobody cares for.
      compressed.catch(() => undefined);
      underWay.push(compressed);
      if (underWay.length >= blocksAtATime) yield await (underWay.shift() as Promise<Uint8Array>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<Uint8Array>);
  } finally {
    await Promise.allSettled(underWay);
  }
}
