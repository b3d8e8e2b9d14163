import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { createExclusively, systemCodeOf } from '../standing/atomic-file.ts';
import { ageOfBeat, readBeat } from '../standing/beat.ts';
import { readJson } from '../standing/json-file.ts';
import { clusterFile, clusterFiles } from '../standing/paths.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/**
 * How old the beat of a launcher is before it counts as dead if it is on another machine, and as hanging on this one. It
 * beats every few seconds, but file servers stall. A launcher that was taken for dead finds that out before it does
 * anything.
 */
const deadAfterMilliseconds = 3 * 60_000;

const holderSchema = z.object({
  host: z.string(),
  boot: z.string(),
  space: z.string(),
  pid: z.int().positive(),
  start: z.string(),
  token: z.string().regex(/^[0-9a-f]{16,64}$/),
  startedAt: z.number(),
});

type Holder = z.infer<typeof holderSchema>;

/** Whoever gives a lock up is followed by nobody, whom anybody may follow. */
const nobodySchema = z.object({ token: holderSchema.shape.token, nobody: z.literal(true) });

const linkSchema = z.union([holderSchema, nobodySchema]);

/** The launcher that has a cluster. */
export interface LauncherStanding {
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly isAlive: boolean;
  /** It lives, and has done nothing for minutes: its file system hangs, or somebody has stopped it. */
  readonly isHanging: boolean;
}

/** A cluster is ours, until another launcher takes us for dead. */
export interface ClusterLock {
  /** Drawn anew for each launcher. */
  readonly token: string;
  /**
   * Makes sure that the cluster is still ours.
   * @throws QueueClusterError LOCKED
   */
  check(): Promise<void>;
  /** Gives it up, if it is still ours. */
  release(): Promise<void>;
}

/**
 * A lock is a file that only one program can create. Whoever finds its holder dead creates another one, whose name
 * has the dead one's token and which therefore only one program can create as well: the last of this chain holds.
 */
const successorOf = (lock: string, token: string): string => `${lock}.after-${token}`;

async function lastLink(lock: string): Promise<z.infer<typeof linkSchema> | undefined> {
  let link = await readJson(lock, linkSchema);
  for (let next = link; next; next = await readJson(successorOf(lock, next.token), linkSchema)) link = next;
  return link;
}

async function lives(directory: string, holder: ProcessIdentity): Promise<boolean> {
  const seen = await isAlive(holder);
  if (seen !== undefined) return seen;
  const age = await ageOfBeat(directory);
  return age !== undefined && age < deadAfterMilliseconds;
}

/** Makes the last of the chain its only one. Programs that add to the old chain meanwhile see that they came too late. */
async function shorten(directory: string, path: string, lock: string): Promise<void> {
  await rename(path, lock);
  for (const name of await readdir(directory))
    if (name.startsWith(`${clusterFiles.lock}.after-`)) await rm(join(directory, name), { force: true });
}

/** Makes no directory: where it is gone, the cluster is. */
async function addLink(directory: string, path: string, own: Holder): Promise<boolean> {
  try {
    return await createExclusively(path, JSON.stringify(own));
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new QueueClusterError('UNKNOWN_CLUSTER', `there is no cluster in ${directory}`);
  }
}

async function tryToTake(directory: string, own: Holder): Promise<boolean> {
  const lock = clusterFile(directory, 'lock');
  const holder = await lastLink(lock);
  if (!holder) return addLink(directory, lock, own);
  if (!('nobody' in holder) && (await lives(directory, holder))) {
    const who = `process ${holder.pid} on ${holder.host}`;
    throw new QueueClusterError('LOCKED', `another launcher has the cluster in ${directory}: ${who}`);
  }
  const path = successorOf(lock, holder.token);
  if (!(await addLink(directory, path, own))) return false;
  if ((await lastLink(lock))?.token !== own.token) {
    await rm(path, { force: true });
    return false;
  }
  await shorten(directory, path, lock);
  return true;
}

/** Each round, somebody else took it; that many who die at once there are not. */
const rounds = 20;

/**
 * Takes the cluster in this directory for this process.
 * @throws QueueClusterError LOCKED if a launcher that lives has it; UNKNOWN_CLUSTER where there is no such directory
 */
export async function takeLock(directory: string, now: number): Promise<ClusterLock> {
  const token = randomBytes(16).toString('hex');
  const own: Holder = { ...(await ownIdentity()), token, startedAt: now };
  for (let round = 0; round < rounds; round++)
    if (await tryToTake(directory, own)) return lockOf(directory, token);
  throw new QueueClusterError('LOCKED', `too many launchers want the cluster in ${directory}; try again`);
}

function lockOf(directory: string, token: string): ClusterLock {
  const lock = clusterFile(directory, 'lock');
  const isOurs = async () => (await lastLink(lock))?.token === token;
  return {
    token,
    check: async () => {
      if (await isOurs()) return;
      throw new QueueClusterError('LOCKED', `another launcher has taken over the cluster in ${directory}`);
    },
    release: async () => {
      if (!(await isOurs())) return;
      // Not by removing the file: between a look at it and its end it may have become somebody else's.
      const nobody = { token: randomBytes(16).toString('hex'), nobody: true };
      await createExclusively(successorOf(lock, token), JSON.stringify(nobody));
    },
  };
}

/**
 * The launcher that has, or had, the cluster in this directory; undefined: none.
 * @throws QueueClusterError DAMAGED
 */
export async function readLauncher(directory: string, now: number): Promise<LauncherStanding | undefined> {
  const holder = await lastLink(clusterFile(directory, 'lock'));
  if (!holder || 'nobody' in holder) return undefined;
  const { host, pid, startedAt } = holder;
  const isAlive = await lives(directory, holder);
  // One that has only begun has the beat of the one before it.
  const lastSeen = Math.max((await readBeat(directory)) ?? 0, startedAt);
  const isHanging = isAlive && host === hostname() && now - lastSeen >= deadAfterMilliseconds;
  return { host, pid, startedAt, isAlive, isHanging };
}
