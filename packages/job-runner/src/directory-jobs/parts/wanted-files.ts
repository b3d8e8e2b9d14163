import path from 'node:path';
import { type Job, jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import type { TreeEntry } from './tree-entries.ts';

/**
 * The files that Galaxy knows of before it has run a job: all that are in the directory of outputs, those it names, and
 * what links in their place lead to. What it finds out of other files is for it to know.
 */
export class WantedFiles {
  readonly #names: ReadonlySet<string>;

  constructor(jobDirectory: string, outputs: Job['outputs'], entries: ReadonlyMap<string, TreeEntry>) {
    const names = new Set([layout.outputs, ...outputs.map(({ file }) => file)]);
    const links = [...entries].filter(([, { kind }]) => kind === 'link');
    // A link may lead to another one, which is wanted then.
    for (let before = -1; before < names.size; ) {
      before = names.size;
      for (const [name, { target = '' }] of links) {
        if (!isIn(names, name)) continue;
        names.add(path.relative(jobDirectory, path.resolve(jobDirectory, path.dirname(name), target)));
      }
    }
    this.#names = names;
  }

  /** Whether a file is one of them, or below one. */
  has(name: string): boolean {
    return isIn(this.#names, name);
  }
}

function isIn(names: ReadonlySet<string>, name: string): boolean {
  if (names.has(name)) return true;
  const directory = path.dirname(name);
  return directory !== '.' && directory !== name && isIn(names, directory);
}
