import { readyMerge } from '../src/index.ts';

/** The shell text that joins the results named in `parts.list` byte by byte. */
export function concatCommand(): string {
  const merge = readyMerge({ merge: 'concat' });
  if (merge.kind !== 'command') throw new Error('concat runs where tasks run');
  return merge.command;
}
