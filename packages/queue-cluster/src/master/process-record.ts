import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, ownIdentity, type ProcessIdentity, startOf } from '../journal/process-identity.ts';
import { readIfThere } from '../standing/atomic-file.ts';
import { readJson, writeJson } from '../standing/json-file.ts';

const recordSchema = z.strictObject({
  host: z.string(),
  boot: z.string(),
  space: z.string(),
  /** Absent until the master has said where it listens. */
  address: z.string().exactOptional(),
  /** That of the master before, at which its agents look for it. */
  port: z.string().exactOptional(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  /** How many of those before it have ended soon after their start, one after the other. */
  failures: z.number().exactOptional(),
});

/** What is remembered of a master that was started here. */
export type MasterRecord = z.infer<typeof recordSchema>;

/** What is remembered: without it, another master may be started. */
export const recordFile = (directory: string): string => join(directory, 'here.json');

/** The process writes it itself before it becomes the master, so that no crash leaves a master that nobody knows. */
export const statFile = (directory: string): string => join(directory, 'here.stat');

/** Where this is, the master ends: how another machine says so. */
export const endFile = (directory: string): string => `${statFile(directory)}.end`;

/** The files that are to go when the master is gone for good. */
export const recordFiles = (directory: string): readonly string[] => [
  recordFile(directory),
  statFile(directory),
  endFile(directory),
];

/** @throws QueueClusterError `DAMAGED` */
export function readRecord(directory: string): Promise<MasterRecord | undefined> {
  return readJson(recordFile(directory), recordSchema);
}

export function writeRecord(directory: string, record: MasterRecord): Promise<void> {
  return writeJson(recordFile(directory), record);
}

/** A record of what is about to be started, in the place of what was. */
export async function newRecord(now: number, before: MasterRecord | undefined): Promise<MasterRecord> {
  const { host, boot, space } = await ownIdentity();
  const port = before?.address?.split(':').at(-1) ?? before?.port;
  return { host, boot, space, startedAt: now, ...(port !== undefined && { port }) };
}

/** The process of a record; undefined where none has got so far. */
export async function processOf(
  directory: string,
  { host, boot, space }: MasterRecord,
): Promise<ProcessIdentity | undefined> {
  const stat = await readIfThere(statFile(directory));
  const pid = Number(/^([1-9]\d{0,9}) \(/.exec(stat ?? '')?.[1]);
  if (stat === undefined || Number.isNaN(pid)) return undefined;
  return { host, boot, space, pid, start: startOf(stat) };
}

/** Whether the process of a record lives; undefined where that cannot be seen from this machine. */
export async function lives(directory: string, record: MasterRecord): Promise<boolean | undefined> {
  const known = await processOf(directory, record);
  if (known) return isAlive(known);
  const { host } = await ownIdentity();
  return record.host === host ? false : undefined;
}

/** The last lines of a log, for a message. */
export async function endOfLog(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.trim().split('\n').slice(-3).join(' | ');
  return lines.replaceAll(/\p{Cc}+/gu, ' ').slice(-300);
}
