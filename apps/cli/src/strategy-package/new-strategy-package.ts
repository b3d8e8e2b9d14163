import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { builtIn } from '@galaxy-mesos/parallelism';
import { UsageError } from '../usage-error.ts';
import { manifestOf, readmeOf } from './package-texts.ts';
import { indexText, mergeText, strategyText, testText } from './source-texts.ts';

/** What npm and the loader of strategies both take as a name. */
const validName = /^[a-z][a-z0-9-]{0,62}[a-z0-9]$/;

/**
 * Makes a directory with a package in it that brings a strategy of this name.
 * @returns the files, relative to it
 * @throws UsageError if the name cannot be had, or there is something of this name
 */
export async function newStrategyPackage(name: string, directory: string): Promise<readonly string[]> {
  requireFree(name);
  const place = path.join(directory, name);
  try {
    await mkdir(place);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new UsageError(`${name}: there is such a file or directory already; choose another name`);
  }
  const files = {
    'package.json': manifestOf(name),
    'README.md': readmeOf(name),
    'src/index.js': indexText(name),
    'src/strategy.js': strategyText(name),
    'src/merge.js': mergeText(name),
    'test/laws.test.js': testText,
  };
  await mkdir(path.join(place, 'src'));
  await mkdir(path.join(place, 'test'));
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(place, file), text);
  return Object.keys(files);
}

function requireFree(name: string): void {
  if (!validName.test(name)) {
    const shown = JSON.stringify(name.slice(0, 80));
    throw new UsageError(
      `expected small letters, digits and -, with a letter first, 2 to 64, found ${shown}`,
    );
  }
  const { strategies, merges } = builtIn;
  const taken = [name, `${name}-total`].find((one) =>
    [...strategies, ...merges].some((known) => known.name === one),
  );
  if (taken === undefined) return;
  throw new UsageError(`${taken} is the name of a strategy or a merge that is built in; choose another name`);
}
