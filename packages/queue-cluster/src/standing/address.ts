import { rm } from 'node:fs/promises';
import { readIfThere, writeAtomically } from './atomic-file.ts';
import { clusterFile } from './paths.ts';

/** What MESOS_URL can be, without blanks and control characters. */
const addressPattern = /^[\x21-\x7e]{1,2000}$/;

/** Where the cluster's master is, as MESOS_URL says it (`host:5050`); undefined while nobody knows. */
export async function readAddress(directory: string): Promise<string | undefined> {
  const address = (await readIfThere(clusterFile(directory, 'address')))?.trim();
  return address !== undefined && addressPattern.test(address) ? address : undefined;
}

/** Tells pilots and frameworks where the master is; undefined: nowhere. */
export async function writeAddress(directory: string, address: string | undefined): Promise<void> {
  const path = clusterFile(directory, 'address');
  if (address === undefined) await rm(path, { force: true });
  else await writeAtomically(path, `${address}\n`);
}
