import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { makeDirectory, systemCodeOf, writeAtomically } from './atomic-file.ts';
import { parseJson, readJson } from './json-file.ts';
import { clusterFile } from './paths.ts';

/** What programs of a cluster prove themselves with, by HTTP Basic authentication and by Mesos's own CRAM-MD5. */
export interface ClusterCredential {
  readonly principal: string;
  readonly secret: string;
}

/** What is to be shown to the master of a cluster, and by what it is known. */
export interface ClusterAccess {
  readonly credential?: ClusterCredential;
  /** What agents sign the tokens of their executors with. */
  readonly executorKey?: string;
  /** Authorities besides those that are known everywhere: PEM. */
  readonly certificates?: string;
  /** Where it is, if the file `address`, which is made for agents, does not say it all: `https://…`, `zk://…`. */
  readonly url?: string;
}

/** How commands and daemons reach the master of a cluster. */
export interface MasterAccess {
  /** The file that tells where it is, since it may move. */
  readonly master: string;
  readonly credential?: ClusterCredential;
  /** Where that lies, in the form of Mesos's own `--credential`. */
  readonly credentialFile?: string;
  readonly tls?: { readonly ca: string[] };
}

/** The files of the directory `access`, which is for its owner's eyes alone. */
const accessFiles = {
  /** As Mesos's `--credential` and its clients read it. */
  credential: 'credential.json',
  /** The same, as Mesos's `--credentials` and `--http_credentials` do. */
  credentials: 'credentials.json',
  /** The same as a line of HTTP, for the pilots' script. */
  authorization: 'authorization',
  executorKey: 'executor-key',
  certificates: 'certificates.pem',
  url: 'url',
} as const;

/** One of the files of the directory `access`. */
export const accessFile = (directory: string, file: keyof typeof accessFiles): string =>
  join(clusterFile(directory, 'access'), accessFiles[file]);

/** A secret stands in a header and in a line of JSON. */
const word = z.string().regex(/^[^\p{Cc}]+$/u, { error: 'expected a text without control characters' });
const credentialSchema = z.object({ principal: word.regex(/^[^:]+$/), secret: word });

/**
 * A credential as Mesos's clients read it.
 * @throws QueueClusterError DAMAGED, which names the file and the field
 */
export const parseCredential = (path: string, text: string): ClusterCredential =>
  parseJson(path, text, credentialSchema);

/** The credential of a cluster; undefined if it has none yet. @throws QueueClusterError DAMAGED */
export const readCredential = (directory: string): Promise<ClusterCredential | undefined> =>
  readJson(accessFile(directory, 'credential'), credentialSchema);

/** Lays out what pilots, commands and daemons need to be let in, and removes what they do not need any more. */
export async function writeAccess(directory: string, access: ClusterAccess): Promise<void> {
  const { credential, executorKey, certificates, url } = access;
  await makeDirectory(clusterFile(directory, 'access'));
  const pair = credential && Buffer.from(`${credential.principal}:${credential.secret}`).toString('base64');
  const texts: Record<keyof typeof accessFiles, string | undefined> = {
    credential: credential && `${JSON.stringify(credential)}\n`,
    credentials: credential && `${JSON.stringify({ credentials: [credential] })}\n`,
    authorization: credential && `Authorization: Basic ${pair}\n`,
    executorKey,
    certificates,
    url: url && `${url}\n`,
  };
  for (const [file, text] of Object.entries(texts) as [keyof typeof accessFiles, string | undefined][]) {
    const path = accessFile(directory, file);
    if (text === undefined) await rm(path, { force: true });
    else await writeAtomically(path, text);
  }
}

/** Where a master that was there before is, as its owner wrote it; undefined for any other. @throws QueueClusterError DAMAGED */
export const readRecordedUrl = (directory: string): string | undefined =>
  textOf(accessFile(directory, 'url'))?.trim();

/**
 * How the master of the cluster in this directory is reached.
 * @throws QueueClusterError DAMAGED
 */
export function masterAccess(directory: string): MasterAccess {
  const credentialFile = accessFile(directory, 'credential');
  const credential = textOf(credentialFile);
  const certificates = textOf(accessFile(directory, 'certificates'));
  const url = accessFile(directory, 'url');
  const path = textOf(url) === undefined ? clusterFile(directory, 'address') : url;
  return {
    master: pathToFileURL(path).href,
    ...(credential !== undefined && {
      credential: parseCredential(credentialFile, credential),
      credentialFile,
    }),
    ...(certificates !== undefined && { tls: { ca: [...rootCertificates, certificates] } }),
  };
}

/** {@link MasterAccess} that is good for longer than the cluster lives. */
export interface LastingMasterAccess extends Omit<MasterAccess, 'credential'> {
  readonly credential?: { readonly principal: string; readonly secret: () => string };
}

/**
 * How the master of the cluster in this directory is reached by whoever may outlive the cluster: when it was taken down and
 * started again it has another secret, which is asked for where the one before is refused.
 * @throws QueueClusterError DAMAGED; so does the source of the secret while there is no cluster
 */
export function lastingMasterAccess(directory: string): LastingMasterAccess {
  const { credential, ...access } = masterAccess(directory);
  if (!credential) return access;
  const secret = () => credentialIn(accessFile(directory, 'credential')).secret;
  return { ...access, credential: { principal: credential.principal, secret } };
}

/**
 * The credential in a file of Mesos's own form.
 * @throws QueueClusterError DAMAGED if it cannot be read, or holds none
 */
export function credentialIn(path: string): ClusterCredential {
  const text = textOf(path);
  if (text !== undefined) return parseCredential(path, text);
  throw new QueueClusterError('DAMAGED', `${path} cannot be read: there is no such file`);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw new QueueClusterError('DAMAGED', `${path} cannot be read`, { cause: error });
  }
}
