import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PlanError } from './plan-error.ts';

const execute = promisify(execFile);

/** Says where a package is, by Node's own rules for `import`, and loads nothing of it. */
const resolving = 'process.stdout.write(import.meta.resolve(process.argv[1]))';

/** Whether a text is a path of a module, and no name: it begins with `.` or `/`, or ends as files of JavaScript do. */
export const isModulePath = (text: string): boolean => /^\.{0,2}\/|^\.{1,2}$|\.[cm]?[jt]s$/.test(text);

/**
 * Where a contributor's module is: a file, a package in a directory, or the name of a package that is installed where
 * the directory is. Nothing of it is run.
 * @param named a path, see {@link isModulePath}, relative to the directory; or a name
 * @returns a file URL, for `loadCatalog`
 * @throws PlanError INVALID_CONTRIBUTION if there is none
 */
export async function resolveModule(named: string, directory: string): Promise<string> {
  if (!isModulePath(named)) return resolvePackage(named, directory);
  const file = path.resolve(directory, named);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return pathToFileURL(file).href;
  if (found?.isDirectory()) return resolveDirectory(named, file);
  throw missing(named, `there is no file ${file}`);
}

async function resolvePackage(name: string, directory: string): Promise<string> {
  const flags = ['--input-type=module', '--eval', resolving, '--', name];
  let url: string;
  try {
    url = (await execute(process.execPath, flags, { cwd: directory })).stdout;
  } catch (cause) {
    throw missing(name, `no package of this name can be imported in ${directory}: install it there`, cause);
  }
  if (url.startsWith('file:')) return url;
  throw missing(name, `${url} is no file`);
}

/** What a package says of itself that is meant for users of this one. */
export const strategyKeyword = 'galaxy-mesos-strategy';

/**
 * Whether a package, of which a module is, says by a keyword that it brings strategies: what a slip of the pen names does
 * not. Nothing of it is run.
 * @param name as it was given to {@link resolveModule}, which has answered the module
 */
export async function isStrategyPackage(name: string, module: string): Promise<boolean> {
  const [packageName] = /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [];
  let directory = path.dirname(fileURLToPath(module));
  for (let parent = path.dirname(directory); parent !== directory; parent = path.dirname(directory)) {
    const text = await readFile(path.join(directory, 'package.json'), 'utf8').catch(() => undefined);
    const manifest = text === undefined ? undefined : manifestOf(directory, text);
    if (manifest?.name === packageName) return [manifest?.keywords].flat().includes(strategyKeyword);
    directory = parent;
  }
  return false;
}

interface Manifest {
  readonly name?: unknown;
  readonly exports?: unknown;
  readonly keywords?: unknown;
}

function manifestOf(named: string, text: string): Manifest {
  try {
    return Object(JSON.parse(text)) as Manifest;
  } catch (cause) {
    throw missing(named, `its package.json is no JSON: ${String(cause).slice(0, 80)}`, cause);
  }
}

/** The package that a directory holds; one that says nothing of `exports` has its `main`, or else `index.js`. */
async function resolveDirectory(named: string, directory: string): Promise<string> {
  const text = await readFile(path.join(directory, 'package.json'), 'utf8').catch((cause: unknown) => {
    throw missing(named, `${directory} is no package: it has no package.json`, cause);
  });
  const { name, exports } = manifestOf(named, text);
  if (typeof name === 'string' && exports !== undefined) return resolvePackage(name, directory);
  try {
    return pathToFileURL(createRequire(path.join(directory, 'package.json')).resolve(directory)).href;
  } catch (cause) {
    throw missing(named, `the package in ${directory} has no module: say which in its exports`, cause);
  }
}

const missing = (named: string, text: string, cause?: unknown): PlanError =>
  new PlanError('INVALID_CONTRIBUTION', `${named}: ${text}`, { cause });
