import { gunzipSync } from 'node:zlib';
import {
  concatBgzf,
  type FileSource,
  findRecord,
  openSource,
  type VirtualOffset,
} from '@galaxy-mesos/formats';
import { withPart } from '../files/name-part.ts';
import { BamCursor, emptyKey, readKey } from './bam-cursor.ts';
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

const lastIn = async (file: FileSource, from: VirtualOffset, end: number): Promise<ReadKey | undefined> => {
  const content = gunzipSync(await file.readAt(from.block, end - from.block));
  let last: number | undefined;
  for (let at = from.within; at + 36 <= content.length; at += 4 + content.readInt32LE(at)) last = at;
  if (last === undefined) return undefined;
  const key = emptyKey();
  readKey(content, last, key, false);
  return key;
};

const lastKey = async (
  { part, header }: BamPart,
  signal: AbortSignal | undefined,
): Promise<ReadKey | undefined> => {
  await using file = await openSource(part.path, { signal });
  const [blocks] = await concatBgzf([file]);
  const end = blocks !== undefined && 'length' in blocks ? blocks.length : 0;
  for (let size = tailSize; ; size *= 4) {
    const from = end - size;
    if (from <= header.end.block) return header.end.block < end ? lastIn(file, header.end, end) : undefined;
    const found = await findRecord(file, header.references, from, end);
    if (found !== undefined) return lastIn(file, found, end);
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
