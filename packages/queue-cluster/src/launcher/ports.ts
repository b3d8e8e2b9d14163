import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dialect, DialectName } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { OpenMaster } from './master-port.ts';
import { type RunCommand, runQueueCommand } from './queue-commands.ts';

/** What a launcher wants of the world besides the cluster's directory. */
export interface LauncherPorts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Resolves after so long, or when the signal fires. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly run: RunCommand;
  readonly openMaster: OpenMaster;
  readonly dialectNamed: (name: DialectName) => Dialect | undefined;
  /** Bytes that nobody can guess. */
  readonly random: (bytes: number) => Buffer;
}

/** This machine. */
export const systemPorts: Omit<LauncherPorts, 'openMaster'> = {
  now: () => Date.now(),
  wait: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
  run: runQueueCommand,
  dialectNamed,
  random: randomBytes,
};

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** A name for a pilot that nothing else has ever had. */
export function newPilotName(
  cluster: string,
  pool: string,
  random: LauncherPorts['random'] = randomBytes,
): string {
  const characters = [...random(8)].map((byte) => letters[byte % letters.length]);
  return `gm-${cluster}-${pool}-${characters.join('')}`;
}

/** Whether a batch job's name is that of a pilot of this cluster: `a-b` has others than `a`. */
export function isPilotOf(cluster: string, name: string): boolean {
  return (
    name.startsWith(`gm-${cluster}-`) && /^[A-Za-z]\w*-[a-z2-7]{8}$/.test(name.slice(cluster.length + 4))
  );
}
