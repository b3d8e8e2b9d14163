import type { ProcessStat } from './process-stat.ts';
import { listProcesses, readProportionalMemory } from './processes.ts';

/** An attempt whose memory is watched: `session` is the process that leads it. */
export interface MemoryUser {
  readonly session: number;
  /** 0: no limit. */
  readonly allowedMiB: number;
}

/** An attempt that uses more than it may. */
export interface MemoryExcess<User extends MemoryUser> {
  readonly user: User;
  readonly usedMiB: number;
}

const kibibytesPerMiB = 1024;

/** The processes of each session, by the session's number. */
export const groupBySession = (processes: readonly ProcessStat[]): Map<number, ProcessStat[]> => {
  const sessions = new Map<number, ProcessStat[]>();
  for (const stat of processes) {
    const members = sessions.get(stat.session);
    if (members === undefined) sessions.set(stat.session, [stat]);
    else members.push(stat);
  }
  return sessions;
};

/** The resident memory of processes in KiB, in which a page that several share counts several times. */
export const residentKiB = (processes: readonly ProcessStat[], pageSize: number): number =>
  processes.reduce((sum, { residentPages }) => sum + (residentPages * pageSize) / 1024, 0);

// Costs the kernel a walk through all the pages, and so is only asked for where the cheap sum is too high.
const proportionalKiB = (processes: readonly ProcessStat[], pageSize: number): number =>
  processes.reduce(
    (sum, stat) => sum + (readProportionalMemory(stat.pid) ?? residentKiB([stat], pageSize)),
    0,
  );

/**
 * Finds who uses more memory than allowed, on Linux. Pages that processes of an attempt share, as after a
 * fork, are counted once. A process that has made itself a session of its own is not counted.
 */
export const findExcess = <User extends MemoryUser>(
  users: readonly User[],
  pageSize: number,
): MemoryExcess<User>[] => {
  const sessions = groupBySession(listProcesses());
  return users.flatMap((user) => {
    const members = sessions.get(user.session) ?? [];
    const allowedKiB = user.allowedMiB * kibibytesPerMiB;
    if (allowedKiB === 0 || residentKiB(members, pageSize) <= allowedKiB) return [];
    const usedKiB = proportionalKiB(members, pageSize);
    return usedKiB > allowedKiB ? [{ user, usedMiB: Math.ceil(usedKiB / kibibytesPerMiB) }] : [];
  });
};
