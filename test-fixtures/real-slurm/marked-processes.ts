import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of this machine. */
export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
};

/** Processes that were started with a variable in their environment; those that have ended unreaped are none. */
export function processesWith(variable: string): readonly MarkedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => textOf(`/proc/${pid}/environ`).split('\0').includes(variable))
    .map((pid) => ({
      pid: Number(pid),
      command: textOf(`/proc/${pid}/cmdline`).split('\0').join(' ').trim(),
    }))
    .filter(({ command }) => command !== '');
}

/** Kills processes until none is left. */
export async function killProcesses(find: () => readonly MarkedProcess[]): Promise<void> {
  for (let left = find(); left.length > 0; left = find()) {
    for (const { pid } of left) signalIfThere(pid, 'SIGKILL');
    await sleep(20);
  }
}

/** Kills those that were started with a variable in their environment. */
export const killWith = (variable: string): Promise<void> => killProcesses(() => processesWith(variable));

/** Sends a signal to a process that may have ended meanwhile. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
