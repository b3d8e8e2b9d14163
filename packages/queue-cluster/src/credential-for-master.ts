import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { MasterClient, type mesos, parseMasterAddress } from '@galaxy-mesos/mesos-client';
import {
  accessFile,
  type ClusterCredential,
  clusterFile,
  credentialIn,
  type MasterAccess,
  masterAccess,
  readAddress,
  readRecordedUrl,
} from './standing/index.ts';

/** Asks the master of a cluster how it is called; undefined if it does not answer. */
export type AskMaster = (access: MasterAccess) => Promise<mesos.MasterInfo | undefined>;

/** A master that is there answers in milliseconds; one that a cluster's address still names may be gone. */
const answerMilliseconds = 10_000;

/**
 * The credential in a file, for the master that somebody names. One that lies in a cluster's directory is for the master
 * of that cluster alone: tasks find the name of the file in their environment, whatever master they go to, and who has
 * the secret runs commands as its owner. Undefined for any other master. A file that is no cluster's is whose it may be.
 * @throws QueueClusterError DAMAGED if the file cannot be read, or holds no credential
 */
export async function credentialForMaster(
  file: string,
  master: string,
  ask: AskMaster = askMaster,
): Promise<ClusterCredential | undefined> {
  const directory = directoryOfCredential(file);
  if (directory === undefined || (await isMasterOf(directory, master, ask))) return credentialIn(file);
  return undefined;
}

/** The directory of the cluster whose credential this file would be; undefined if it can be no cluster's. */
export function directoryOfCredential(file: string): string | undefined {
  const path = realPath(file);
  const directory = dirname(dirname(path));
  return path === accessFile(directory, 'credential') ? directory : undefined;
}

async function isMasterOf(directory: string, asked: string, ask: AskMaster): Promise<boolean> {
  const address = parseMasterAddress(asked);
  if (address.kind === 'file')
    return [clusterFile(directory, 'address'), accessFile(directory, 'url')].includes(realPath(address.path));
  const recorded = await recordedOf(directory);
  if (isAmong(asked, recorded)) return true;
  // As its agents and tasks know it, which is not how it is found by ZooKeeper, or by another of its names.
  if (address.kind === 'zookeeper' || recorded.length === 0) return false;
  const scheme = recorded.some((url) => /^https:/i.test(url)) ? 'https://' : '';
  return isAmong(asked, namesOf(await ask(masterAccess(directory)), scheme));
}

/** Where a cluster's master is: as its owner wrote it, if it was there before, and as agents are told. */
async function recordedOf(directory: string): Promise<readonly string[]> {
  const url = readRecordedUrl(directory);
  // The file for agents does not say of a master that TLS is spoken there: without, the secret would be for all to read.
  const address = url !== undefined && /^https:/i.test(url) ? undefined : await readAddress(directory);
  return [url, address].flatMap((each) => each ?? []);
}

/** Whether nobody is asked but who is among these. */
const isAmong = (asked: string, known: readonly string[]): boolean => {
  const knownPlaces = new Set(known.flatMap(placesOf));
  return placesOf(asked).every((place) => knownPlaces.has(place));
};

/** What an address names, each in one form only. What is expected to be safe is never taken for the same in the clear. */
function placesOf(text: string): readonly string[] {
  const address = parseMasterAddress(text);
  switch (address.kind) {
    case 'list':
      return address.masters.map((master) => master.origin);
    case 'zookeeper':
      return address.servers.map(({ host, port }) => `zk://${host.toLowerCase()}:${port}${address.path}`);
    case 'file':
      return [realPath(address.path)];
  }
}

function namesOf(info: mesos.MasterInfo | undefined, scheme: string): readonly string[] {
  const port = info?.address?.port ?? info?.port ?? 0;
  const hosts = [info?.address?.hostname, info?.address?.ip, info?.hostname];
  return hosts.flatMap((host) =>
    host && port !== 0 ? `${scheme}${host.includes(':') ? `[${host}]` : host}:${port}` : [],
  );
}

async function askMaster({ master, credential, tls }: MasterAccess): Promise<mesos.MasterInfo | undefined> {
  try {
    await using client = new MasterClient({
      master,
      callTimeout: answerMilliseconds,
      ...(credential && { credential }),
      ...(tls && { tls }),
    });
    const { master_info } = await client.call({ type: 'GET_MASTER' });
    return master_info;
  } catch {
    // Who it is cannot be told, so nobody is shown its secret; whoever is asked says why it lets nobody in.
    return undefined;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}
