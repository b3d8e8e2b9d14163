import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtIn } from '@galaxy-mesos/parallelism';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { joinByMerge } from './join-by-merge.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "it's joined-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const catalog = {
  ...builtIn,
  merges: [
    ...builtIn.merges,
    {
      name: 'talkative',
      description: 'Says much.',
      parameters: z.strictObject({}),
      how: {
        kind: 'command' as const,
        command: () => 'head -c 3000000 /dev/zero >&2; xargs -0 cat < parts.list > merged',
      },
    },
  ],
};

function join(merge: string): Promise<string> {
  const scratch = path.join(root, 'scratch');
  mkdirSync(scratch);
  const parts = ['a', 'b'].map((text) => ({ path: path.join(root, text) }));
  for (const part of parts) writeFileSync(part.path, path.basename(part.path));
  const { signal } = new AbortController();
  return joinByMerge({ merge: { merge }, parts, scratch, catalog, signal });
}

describe('joinByMerge', () => {
  it('joins by the command of a merge, however much that says', async () => {
    expect(readFileSync(await join('talkative'), 'utf8')).toBe('ab');
  });

  it('makes no directory of a file', async () => {
    await expect(join('collection')).rejects.toThrow('makes a directory');
  });
});
