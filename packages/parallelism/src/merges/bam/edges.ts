import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { concatBgzf, FormatError, findRecord, openSource, type VirtualOffset } from '@galaxy-mesos/formats';
import { nameOfPart, withPart, wrongPart } from '../files/name-part.ts';
import { ContentWindow } from '../k-way/content-window.ts';
import { BamCursor, emptyKey, fixedSize, readKey } from './bam-cursor.ts';
import { mayFollow, type ReadKey } from './read-order.ts';
import type { BamPart, UnitedBam } from './united-header.ts';

/** The last record is looked for in so many bytes at the end, and if it is longer, in more. */
const tailSize = 256 * 1024;

const firstKey = async ({ part, header }: BamPart, signal: AbortSignal | undefined) => {
  const cursor = new BamCursor(part, { referenceCount: header.references.length, hasNames: false, signal });
  try {
    return (await cursor.next()) ? cursor.key : undefined;
  } finally {
    await cursor.close();
  }
};

/** The content of some blocks, however much that is. */
async function* contentOf(
  { part }: BamPart,
  { from, end }: { readonly from: number; readonly end: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { path } = part;
  try {
    const content = createGunzip();
    // What fails in either is thrown by the reading of the content; that nobody reads on is no failure.
    pipeline(createReadStream(path, { start: from, end: end - 1 }), content, () => undefined);
    const chunks: AsyncIterable<Uint8Array> = content;
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const text = `${nameOfPart(part)}: its last blocks cannot be decompressed: the file is damaged`;
    throw new FormatError('MALFORMED', text, { path, offset: from }, { cause: error });
  }
}

/** The key of the last of the records that begin at `from`. */
const lastFrom = async (
  of: BamPart,
  { from, end }: { readonly from: VirtualOffset; readonly end: number },
  signal: AbortSignal | undefined,
): Promise<ReadKey | undefined> => {
  const { part } = of;
  const window = new ContentWindow(part.path, signal, contentOf(of, { from: from.block, end }, signal));
  const key = emptyKey();
  let found = false;
  try {
    await window.skip(from.within);
    while (await window.reach(fixedSize)) {
      const size = window.bytes.readInt32LE(window.at);
      // Less would lead back, or nowhere.
      if (size < fixedSize - 4)
        throw wrongPart(part, `expected a BAM record, found one of ${size} bytes: the file is damaged`);
      readKey(window.bytes, window.at, key, false);
      found = true;
      await window.skip(4 + size);
    }
  } finally {
    await window.close();
  }
  return found ? key : undefined;
};

const lastKey = async (of: BamPart, signal: AbortSignal | undefined): Promise<ReadKey | undefined> => {
  const { part, header } = of;
  await using file = await openSource(part.path, { signal });
  const [blocks] = await concatBgzf([file]);
  const end = blocks !== undefined && 'length' in blocks ? blocks.length : 0;
  for (let size = tailSize; ; size *= 4) {
    const from = end - size;
    if (from <= header.end.block)
      return header.end.block < end ? lastFrom(of, { from: header.end, end }, signal) : undefined;
    const found = await findRecord(file, header.references, from, end);
    if (found !== undefined) return lastFrom(of, { from: found, end }, signal);
  }
};

const translated = (key: ReadKey, { translation }: BamPart): ReadKey => ({
  ...key,
  reference: translation?.[key.reference] ?? key.reference,
});

/** Whether parts that are sorted by coordinate make a sorted file one after the other. Looks at their ends only. */
export const followInOrder = async (
  { parts }: UnitedBam,
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  const follows = mayFollow('coordinate');
  let before: ReadKey | undefined;
  for (const part of parts) {
    const [first, last] = await withPart(part.part, async () => [
      await firstKey(part, signal),
      await lastKey(part, signal),
    ]);
    if (first === undefined || last === undefined) continue;
    if (before !== undefined && !follows(before, translated(first, part))) return false;
    before = translated(last, part);
  }
  return true;
};
