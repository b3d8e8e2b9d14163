import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { coreMetricFiles, jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import { appendFiles } from './append-files.ts';
import { entriesOf } from './tree-entries.ts';

const streams: ReadonlySet<string> = new Set([
  layout.toolStdout,
  layout.toolStderr,
  layout.jobStdout,
  layout.jobStderr,
]);

/** Numbers of which one of all parts counts: the job begins with its first part, and ends with its last. */
const extremes: ReadonlyMap<string, (...numbers: number[]) => number> = new Map([
  [path.join(layout.metadata, coreMetricFiles.start), Math.min],
  [path.join(layout.metadata, coreMetricFiles.end), Math.max],
]);

/** Joins what parts have printed, in order; of what else Galaxy is told, the first part's is taken. */
export async function joinMetadata(trees: readonly string[], destination: string): Promise<void> {
  await mkdir(path.join(destination, layout.metadata));
  for (const [name, { kind, trees: having }] of await entriesOf(trees, layout.metadata)) {
    const sources = having.map((index) => path.join(trees[index] ?? '', name));
    const place = path.join(destination, name);
    const extreme = extremes.get(name);
    if (kind === 'directory') await mkdir(place);
    else if (kind === 'file' && streams.has(name)) await appendFiles(sources, place);
    else if (kind === 'file' && extreme)
      await writeFile(place, `${extreme(...(await numbersIn(sources)))}\n`);
    else if (kind === 'file') await copyFile(sources[0] ?? '', place);
  }
}

async function numbersIn(files: readonly string[]): Promise<number[]> {
  const numbers: number[] = [];
  for (const file of files) numbers.push(Number.parseInt(await readFile(file, 'utf8'), 10));
  return numbers.filter((number) => !Number.isNaN(number));
}
