import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killProcessesBelowNow } from './mesos-process.ts';

/** Numbers of processes mean something in one namespace only; others may share the temporary files. */
const numbering = (): string => readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');

/**
 * Makes a temporary folder, in whose name is the process that it belongs to. What other folders of its kind hold, whose
 * processes were killed, is ended and removed: nobody else will do it.
 */
export function makeOwnedFolder(kind: string): string {
  const own = `${kind}-${numbering()}-`;
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(own) && /^(\d+)-\w+$/.exec(name.slice(own.length))?.[1];
    if (owner && !existsSync(`/proc/${owner}`)) removeOwnedFolder(join(tmpdir(), name));
  }
  return mkdtempSync(join(tmpdir(), `${own}${process.pid}-`));
}

function removeOwnedFolder(folder: string): void {
  killProcessesBelowNow(folder);
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    // Something still writes there, or another one removes it: the next run comes here, too.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}
