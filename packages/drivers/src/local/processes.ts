import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import { isLive, type ProcessStat, parseProcessStat } from './process-stat.ts';
import type { ProcessIdentity } from './record.ts';

/** Whether processes can be looked at without running `ps`: Linux. */
export const hasProcFileSystem = existsSync('/proc/self/stat');

// A process may end while it is looked at, and those of others may be hidden: both read as not there.
const absent: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

// Throws where the system has no more files to give: nobody must take that for the end of a process.
const readProcFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (absent.has(systemCodeOf(error))) return undefined;
    throw error;
  }
};

/** What /proc tells of a process, `undefined` if there is no such process. */
export const readProcessStat = (pid: number): ProcessStat | undefined => {
  const line = readProcFile(`/proc/${pid}/stat`);
  return line === undefined ? undefined : parseProcessStat(line);
};

/** All processes of this machine that /proc shows to us. */
export const listProcesses = (): ProcessStat[] =>
  readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readProcessStat(pid) : undefined;
    return stat === undefined ? [] : [stat];
  });

/** The arguments with which a process was started, on Linux. */
export const readCommandLine = (pid: number): string[] => {
  const bytes = readProcFile(`/proc/${pid}/cmdline`);
  // Each argument ends in a NUL; read as latin1 to keep every byte, then as what it is.
  return bytes === undefined ? [] : Buffer.from(bytes, 'latin1').toString().split('\0').slice(0, -1);
};

/** Proportional resident memory in KiB: shared pages are split among the processes that share them. */
export const readProportionalMemory = (pid: number): number | undefined => {
  const [, kibibytes] = /^Pss: +(\d+) kB$/m.exec(readProcFile(`/proc/${pid}/smaps_rollup`) ?? '') ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes);
};

/** The start time of a live process by `ps`, for systems without /proc; `undefined` if it does not live. */
export const startTimeByPs = (pid: number): string | undefined => {
  try {
    const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: 'pipe' } as const;
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], options);
    const [, state, startTime] = /^(\S+) +(\S.*?)\s*$/.exec(line) ?? [];
    return state?.startsWith('Z') ? undefined : startTime;
  } catch (error) {
    // With this exit status ps says that there is no such process.
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
};

/** The start time of a process as {@link ProcessIdentity} has it; `undefined` if it does not live. */
export const startTimeOf = (pid: number): string | undefined => {
  if (!hasProcFileSystem) return startTimeByPs(pid);
  const stat = readProcessStat(pid);
  return stat !== undefined && isLive(stat) ? stat.startTime : undefined;
};

/** Whether this very process still lives, and not a later one with its pid. In doubt it does. */
export const isProcessAlive = ({ pid, startTime }: ProcessIdentity): boolean => {
  try {
    return startTimeOf(pid) === startTime;
  } catch {
    // It could not be found out, as when too many files are open. Who asks will ask again.
    return true;
  }
};

/** Sends a signal to a process group; false if there is none (any more). */
export const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-group, signal);
  } catch {
    // ESRCH: all gone. EPERM: only processes of another user are left, which are not ours to signal.
    return false;
  }
};

/** Whether any process of the group still does anything. */
export const isGroupAlive = (group: number): boolean => {
  if (!signalGroup(group, 0)) return false;
  if (!hasProcFileSystem) return true;
  try {
    // Zombies can be signalled. Where process 1 never waits for them they stay for ever.
    return listProcesses().some((stat) => stat.group === group && isLive(stat));
  } catch {
    // As above: in doubt it lives, and who asks will ask again.
    return true;
  }
};

/** Names the boot of this machine on Linux; elsewhere the start times of processes are dates, and suffice. */
export const readBootId = (): string => readProcFile('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
