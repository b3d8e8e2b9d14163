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
    sites: siteFiles(environment).flatMap((site) => readIfThere(site)),
  });
}

/** Where a site's settings may be, the nearest first: the user's, then the machine's; or only what the environment names. */
export function siteFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const { GALAXY_MESOS_SITE: given, XDG_CONFIG_HOME: config } = environment;
  if (given) return [path.resolve(given)];
  const home = config && path.isAbsolute(config) ? config : path.join(homedir(), '.config');
  return [home, '/etc'].map((directory) => path.join(directory, 'galaxy-mesos', 'site.yaml'));
}

function readIfThere(file: string): DefinitionFile[] {
  try {
    return [readDefinition(file, file, (descriptor) => refuseStrangers(file, descriptor))];
  } catch (error) {
    const cause = error instanceof UsageError ? error.cause : undefined;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw error;
  }
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
