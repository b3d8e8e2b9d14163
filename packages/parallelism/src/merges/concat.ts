import { z } from 'zod';
import type { Merge } from './merge.ts';

/** Joins results byte by byte, which is right for text without headings and for gzip members alike. */
export const concat: Merge<Record<string, never>> = {
  name: 'concat',
  description:
    'Joins the results one after the other, byte by byte. A heading that the command writes stands once for each part.',
  parameters: z.strictObject({}),
  how: {
    kind: 'command',
    // -r: without parts nothing is run, and the result is an empty file.
    command: () => 'xargs -0 -r cat -- < parts.list > merged',
  },
};
