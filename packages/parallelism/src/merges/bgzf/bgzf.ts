import { concatBgzf, endOfFileMarker, openSource } from '@galaxy-mesos/formats';
import { z } from 'zod';
import { numbered, withPart } from '../files/name-part.ts';
import { writeResult } from '../files/result-file.ts';
import type { JoinRequest, Merge } from '../merge.ts';

const join = async (request: JoinRequest<Record<string, never>>): Promise<void> => {
  const { signal } = request;
  await writeResult(request, async (result) => {
    for (const part of numbered(request)) {
      await withPart(part, async () => {
        await using file = await openSource(part.path, { signal });
        const [blocks] = await concatBgzf([file]);
        if (blocks !== undefined && 'source' in blocks) await result.copy(part.path, blocks);
      });
    }
    await result.write(endOfFileMarker);
  });
};

/** Joins what was written by bgzip, without decompressing it. */
export const bgzf: Merge<Record<string, never>> = {
  name: 'bgzf',
  description:
    'Joins BGZF files block by block, with one end-of-file marker; what they hold is joined byte by byte. A part ' +
    'without the marker, which was most likely cut off, is refused.',
  parameters: z.strictObject({}),
  how: { kind: 'here', join },
};
