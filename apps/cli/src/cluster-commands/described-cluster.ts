import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import {
  type ClusterDefinition,
  type ClusterOptions,
  type DefinitionFile,
  defineCluster,
  strangersIn,
} from '@galaxy-mesos/queue-cluster';
import { existingFile } from '../input-files.ts';
import { messageOf } from '../report-error.ts';
import { UsageError } from '../usage-error.ts';

/** What a command line says of a cluster, and the file that says the rest. */
export interface DescriptionOptions extends ClusterOptions {
  readonly file?: string | undefined;
}

/** A definition is a page or two; what is larger is another file. */
const longestFile = 1_000_000;

/**
 * What a cluster is to be, by options, its file, and the settings of the site.
 * @throws UsageError, QueueClusterError INVALID_DEFINITION
 */
export function describedCluster(
  name: string,
  { file, ...options }: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): ClusterDefinition {
  return defineCluster({
    name,
    options,
    ...(file !== undefined && { file: readDefinition(existingFile(file, '--file').path, file) }),
    sites: readSites(environment),
  });
}

/** Where a site's settings may be, the nearest first: the user's, then the machine's; or only what the environment names. */
export function siteFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const { GALAXY_MESOS_SITE: given, XDG_CONFIG_HOME: config } = environment;
  if (given) return [path.resolve(given)];
  const home = config && path.isAbsolute(config) ? config : path.join(homedir(), '.config');
  return [home, '/etc'].map((directory) => path.join(directory, 'galaxy-mesos', 'site.yaml'));
}

/** What is named must be there: whoever names it means its settings, and a cluster without them is another one. */
function readSites(environment: NodeJS.ProcessEnv): DefinitionFile[] {
  const files = siteFiles(environment);
  return environment.GALAXY_MESOS_SITE ? files.map(readNamed) : files.flatMap(readIfThere);
}

function readNamed(file: string): DefinitionFile {
  try {
    return readSite(file);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    const what = isAbsent ? `there is no file ${file}` : messageOf(error);
    const advice = 'name a file that you can read, an empty one for no settings, or unset the variable';
    throw new UsageError(`GALAXY_MESOS_SITE: ${what}; ${advice}`, { cause: error });
  }
}

function readIfThere(file: string): DefinitionFile[] {
  try {
    return [readSite(file)];
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const readSite = (file: string): DefinitionFile =>
  readDefinition(file, file, (descriptor) => refuseStrangers(file, descriptor));

/** What the system said, such as ENOENT, if that is why a file could not be read. */
function systemCodeOf(error: unknown): unknown {
  const cause = error instanceof UsageError ? error.cause : undefined;
  return cause instanceof Error && 'syscall' in cause && 'code' in cause ? cause.code : undefined;
}

/**
 * What a site says is obeyed by whoever starts a cluster: words of a command, programs. So it must be said by the user or
 * by root, as what is in a cluster's directory; root obeys nobody else, whosever home directory it was left with.
 */
function refuseStrangers(name: string, descriptor: number): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const { uid, gid, mode } = fstatSync(descriptor);
  const what = strangersIn({ uid, gid, mode: mode & 0o777 }, user, false);
  if (what === undefined) return;
  const isOwn = uid === user || uid === 0;
  const advice = isOwn
    ? `chmod go-w ${name}`
    : 'name the one that you mean by GALAXY_MESOS_SITE, as a copy of your own';
  throw new UsageError(
    `${name} ${what}; the settings of a site must be yours or root's, and others must not write to them: ${advice}`,
  );
}

/** Reads a file, which may be looked at first: what is looked at is what is read. */
function readBytes(file: string, look: (descriptor: number) => void): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    look(descriptor);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readDefinition(
  file: string,
  name: string,
  look: (descriptor: number) => void = () => {},
): DefinitionFile {
  let bytes: Buffer;
  try {
    bytes = readBytes(file, look);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${name} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (bytes.length > longestFile) throw new UsageError(`${name} is too long for a description of a cluster`);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), name };
  } catch (error) {
    throw new UsageError(`${name} is no text in UTF-8`, { cause: error });
  }
}
