import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ClusterDefinition } from '../definition/definition.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import {
  accessFile,
  type ClusterAccess,
  parseCredential,
  readCredential,
  writeAccess,
} from '../standing/access.ts';
import { readIfThere, systemCodeOf } from '../standing/atomic-file.ts';
import { readWanted } from '../standing/wanted.ts';
import type { LauncherPorts } from './ports.ts';

/** As long as a key of AES: nobody guesses it. */
const secretBytes = 32;

/** Who all of a cluster are to its master. */
const principal = 'galaxy-mesos';

/**
 * Whether the files that a definition names can be used: better known before a cluster is made than after.
 * @throws QueueClusterError INVALID_DEFINITION, DAMAGED
 */
export async function checkAccess({ master }: ClusterDefinition): Promise<void> {
  if (master.kind === 'existing') await accessOfExisting(master);
}

/**
 * Sees to it that the files are there by which everything of a cluster is let in: with a credential of the cluster's own,
 * which stays the same for as long as the cluster lives, or with that of a master that is there already. Where that
 * cannot be read again, what was laid out before counts, and the trouble with it is answered: a cluster can be taken down
 * by that, too, and one that has never had any, by nothing.
 * @throws QueueClusterError INVALID_DEFINITION if a file of the definition cannot be used; DAMAGED, NO_SPACE
 */
export async function prepareAccess(
  definition: ClusterDefinition,
  directory: string,
  random: LauncherPorts['random'],
): Promise<string | undefined> {
  let access: ClusterAccess;
  try {
    access = await accessOf(definition, directory, random);
  } catch (error) {
    const isLaidOut = (await readIfThere(accessFile(directory, 'url'))) !== undefined;
    if (!isLaidOut && (await readWanted(directory))?.state !== 'down') throw error;
    return error instanceof Error ? error.message : String(error);
  }
  const executorKey = hasAgentAccess(definition) && {
    executorKey: (await readIfThere(executorKeyFile(directory))) ?? random(secretBytes).toString('hex'),
  };
  await writeAccess(directory, { ...access, ...executorKey });
  return undefined;
}

async function accessOf(
  { master, authentication }: ClusterDefinition,
  directory: string,
  random: LauncherPorts['random'],
): Promise<ClusterAccess> {
  if (master.kind !== 'existing') {
    if (authentication === 'none') return {};
    const known = await readCredential(directory);
    return { credential: known ?? { principal, secret: random(secretBytes).toString('hex') } };
  }
  return accessOfExisting(master);
}

type ExistingMaster = Extract<ClusterDefinition['master'], { kind: 'existing' }>;

async function accessOfExisting(master: ExistingMaster): Promise<ClusterAccess> {
  const { url, credentialFile, certificates } = master;
  return {
    url: /^file:/i.test(url) ? (await readSecret(fileURLToPath(url))).trim() : url,
    ...(credentialFile !== undefined && {
      credential: parseCredential(credentialFile, await readSecret(credentialFile)),
    }),
    ...(certificates !== undefined && { certificates: await readCertificates(certificates) }),
  };
}

/** A file that only its owner may read. */
async function readSecret(path: string): Promise<string> {
  const text = await readGiven(path);
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return text;
  throw new QueueClusterError(
    'INVALID_DEFINITION',
    `${path} is open to others, and is a secret: chmod 600 ${path}`,
  );
}

/** Node takes anything for certificates, and finds none in it. */
async function readCertificates(path: string): Promise<string> {
  const text = await readGiven(path);
  if (/^-----BEGIN (?:TRUSTED )?CERTIFICATE-----$/m.test(text)) return text;
  throw new QueueClusterError(
    'INVALID_DEFINITION',
    `${path} holds no certificate: expected one or more in PEM, which begin with -----BEGIN CERTIFICATE-----`,
  );
}

async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why =
      plainWords[systemCodeOf(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
    throw new QueueClusterError('INVALID_DEFINITION', `${path} cannot be read: ${why}`, { cause });
  }
}

const plainWords: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it is not yours to read',
  EISDIR: 'it is a directory',
};

/** Whether anything of the cluster is asked for a credential. */
const hasCredential = ({ master, authentication }: ClusterDefinition): boolean =>
  master.kind === 'existing' ? master.credentialFile !== undefined : authentication === 'credential';

/** Whether its agents ask for one themselves. */
const hasAgentAccess = (definition: ClusterDefinition): boolean =>
  hasCredential(definition) && definition.authentication === 'credential';

const executorKeyFile = (directory: string): string => accessFile(directory, 'executorKey');

/**
 * The file of the key by which agents know their executors, if they are to: one of a group of tasks asks its agent to
 * start them, as operators do.
 */
export const executorKeyOf = (definition: ClusterDefinition, directory: string): string | undefined =>
  hasAgentAccess(definition) ? executorKeyFile(directory) : undefined;

/** Flags by which a master of the cluster's own lets in nobody else: neither agents nor frameworks nor operators. */
export function masterAccessFlags(definition: ClusterDefinition, directory: string): readonly string[] {
  if (!hasCredential(definition)) return [];
  return [
    '--authenticate_agents',
    '--authenticate_frameworks',
    '--authenticate_http_frameworks',
    '--http_framework_authenticators=basic',
    '--authenticate_http_readonly',
    '--authenticate_http_readwrite',
    `--credentials=${accessFile(directory, 'credentials')}`,
  ];
}

/** Flags by which an agent is let in by its master, and lets in nobody else. */
export function agentAccessFlags(definition: ClusterDefinition, directory: string): readonly string[] {
  if (!hasCredential(definition)) return [];
  const shown = `--credential=${accessFile(directory, 'credential')}`;
  if (!hasAgentAccess(definition)) return [shown];
  return [
    shown,
    '--authenticate_http_readonly',
    '--authenticate_http_readwrite',
    `--http_credentials=${accessFile(directory, 'credentials')}`,
  ];
}
