import { type Compression, compressionOf, openSource } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { expectMarker } from '../files/bgzf-body.ts';
import { type CompressedPart, expectSameCompression } from '../files/expect-same-compression.ts';
import { lineEndOf } from '../files/line-end.ts';
import { numbered, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import { Joiner } from '../header/joiner.ts';
import type { JoinRequest, Merge } from '../merge.ts';

/** So many bytes tell how a file is compressed. */
const telling = 0x10000 + 12;

/** The parts that are not empty; all must be compressed in one way. */
const filledParts = async (
  request: JoinRequest<Record<string, never>>,
): Promise<readonly CompressedPart[]> => {
  const filled: CompressedPart[] = [];
  for (const part of numbered(request)) {
    await withPart(part, async () => {
      await using file = await openSource(part.path, { signal: request.signal });
      if (file.size === 0) return;
      const compression = compressionOf(await file.readAt(0, telling));
      if (compression === 'bgzf') await expectMarker(part.path, request.signal);
      const found = { part, compression };
      expectSameCompression(filled[0] ?? found, found);
      filled.push(found);
    });
  }
  return filled;
};

/** What is not decompressed here is joined as it is. */
const isOpaque = (compression: Compression): boolean => compression === 'bzip2' || compression === 'xz';

const join = async (request: JoinRequest<Record<string, never>>): Promise<void> => {
  const { signal } = request;
  const parts = await filledParts(request);
  const [first] = parts;
  await writeResult(request, async (result) => {
    if (first === undefined) return;
    if (isOpaque(first.compression)) {
      for (const { part } of parts) await withPart(part, () => result.copy(part.path));
      return;
    }
    const lineEnd = await withPart(first.part, () => lineEndOf(first.part.path, signal));
    const joiner = new Joiner(result, first.compression, { lineEnd, signal });
    for (const { part } of parts) {
      await withPart(part, () => joiner.stretch({ path: part.path, from: 0, to: undefined }));
    }
    await joiner.end();
  });
};

/** Joins texts without tearing or uniting lines. */
export const lines: Merge<Record<string, never>> = {
  name: 'lines',
  description:
    'Joins texts one after the other; where the last line of one is not ended, it is, so that what follows stays a line ' +
    'of its own. Texts compressed by gzip, bgzip or zstd are decompressed to see that, but not compressed anew.',
  parameters: z.strictObject({}),
  how: { kind: 'here', join },
};
