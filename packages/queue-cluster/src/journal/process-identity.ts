import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** A process that cannot be mistaken for a later one with the same pid, nor for one of another machine. */
export interface ProcessIdentity {
  readonly host: string;
  /** Which boot of the machine; empty where the system does not say. */
  readonly boot: string;
  /** In which space of pids, as each container may have its own; empty where the system does not say. */
  readonly space: string;
  readonly pid: number;
  /** When the process was started, as the system says it; empty where it does not. */
  readonly start: string;
}

const orEmpty = (text: Promise<string>): Promise<string> =>
  text.then(
    (known) => known.trim(),
    // Systems without /proc.
    () => '',
  );

/** When a process was started, in ticks since the boot, by its /proc/PID/stat; empty for one that has ended. */
export function startOf(stat: string): string {
  // The second field is the program's name in brackets, which may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

const startOfPid = async (pid: number | 'self'): Promise<string> =>
  startOf(await orEmpty(readFile(`/proc/${pid}/stat`, 'latin1')));

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const [boot, space, start] = await Promise.all([
    orEmpty(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orEmpty(readlink('/proc/self/ns/pid')),
    startOfPid('self'),
  ]);
  return { host: hostname(), boot, space, pid: process.pid, start };
}

function hasPid(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether a process lives; undefined where that cannot be seen from here, as for those of other machines. */
export async function isAlive(other: ProcessIdentity): Promise<boolean | undefined> {
  const own = await ownIdentity();
  if (other.host !== own.host) return undefined;
  if (other.boot !== own.boot) return false;
  if (other.space !== own.space) return undefined;
  return other.start === '' ? hasPid(other.pid) : (await startOfPid(other.pid)) === other.start;
}
