import type { Dirent } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

/** What trees have at a path. */
export interface TreeEntry {
  readonly kind: 'file' | 'directory' | 'link';
  /** The trees that have it, by index, in order. */
  readonly trees: readonly number[];
  /** Where the link of the first of them leads to. */
  readonly target?: string;
}

interface Found {
  kind: TreeEntry['kind'];
  trees: number[];
  target?: string;
}

/**
 * All that is below a directory of trees, by relative path, what holds others first.
 * @throws Error if something is a file in one tree and a directory in another, or a link that leads elsewhere
 */
export async function entriesOf(
  trees: readonly string[],
  directory: string,
): Promise<Map<string, TreeEntry>> {
  const found = new Map<string, Found>();
  for (const [index, tree] of trees.entries()) await gather(tree, directory, index, found);
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function gather(
  tree: string,
  directory: string,
  index: number,
  found: Map<string, Found>,
): Promise<void> {
  for (const entry of await listed(path.join(tree, directory))) {
    const name = path.join(directory, entry.name);
    const kind = kindOf(entry);
    const target = kind === 'link' ? await readlink(path.join(tree, name)) : undefined;
    const known = found.get(name);
    if (!known) found.set(name, { kind, trees: [index], ...(target !== undefined && { target }) });
    else if (known.kind === kind && known.target === target) known.trees.push(index);
    else throw contradiction(name, known, index);
    if (kind === 'directory') await gather(tree, name, index, found);
  }
}

function kindOf(entry: Dirent): TreeEntry['kind'] {
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'file';
}

const contradiction = (name: string, { kind, trees: [first = 0] }: Found, index: number): Error =>
  new Error(`${name} is a ${kind} in part ${first + 1}, and something else in part ${index + 1}`);

/** A tool may have removed its directory. */
async function listed(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
