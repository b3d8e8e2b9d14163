import { basename } from 'node:path';
import { type LauncherStanding, readLauncher } from './journal/index.ts';

/** Why nobody does what is wanted of a cluster, and what to do; undefined where its launcher does. */
export function describeAbsence(name: string, launcher: LauncherStanding | undefined): string | undefined {
  const again = `galaxy-mesos cluster up ${name} starts another`;
  if (!launcher?.isAlive) return `nothing looks after the cluster ${name}: its launcher has ended; ${again}`;
  if (!launcher.isHanging) return undefined;
  const who = `the launcher of the cluster ${name}, process ${launcher.pid} on ${launcher.host}`;
  return `${who}, hangs: it has done nothing for minutes; end it there (kill -9 ${launcher.pid}), then ${again}`;
}

/**
 * The same of the cluster in this directory.
 * @throws QueueClusterError DAMAGED
 */
export async function absenceOf(directory: string, now: number): Promise<string | undefined> {
  return describeAbsence(basename(directory), await readLauncher(directory, now));
}
