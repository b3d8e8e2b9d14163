import { join, posix } from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import { listFiles, listNames } from '../files/list-files.ts';
import { readEnd } from '../files/read-end.ts';

/** Scripts and configurations are not longer; paths in others are not replaced for attempts either. */
const textBytes = 1024 * 1024;

/** Paths as they stand in shell text and in configurations: in quotes, or without blanks. */
const pathsInText = /'(\/[^'\n]+)'|"(\/[^"\n]+)"|(\/[^\s'"\\;|&<>()$`,]+)/g;

/** The absolute paths outside of a job's directory that stand in its command line, scripts and configurations. */
export async function namedPaths(directory: string, commandLine: string): Promise<ReadonlySet<string>> {
  const configs = await listFiles(join(directory, layout.configs));
  const names = [...(await listNames(directory)), ...configs.map((name) => `${layout.configs}/${name}`)];
  const texts = [commandLine];
  for (const name of names) {
    // What is no text, or may not be read, names nothing.
    texts.push(await readEnd([directory], join(directory, name), textBytes).catch(() => ''));
  }
  const found = texts.flatMap((text) => [...text.matchAll(pathsInText)]);
  const paths = found.map(([, single, double, bare]) => single ?? double ?? bare ?? '');
  return new Set(paths.filter((path) => path === posix.normalize(path) && !path.startsWith(`${directory}/`)));
}
