import { setTimeout as sleep } from 'node:timers/promises';
import { listClusters } from '@galaxy-mesos/queue-cluster';
import { stoppable } from '../daemon/stoppable.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

interface Watching {
  readonly name: string;
  readonly clusters: string;
  readonly milliseconds: number;
}

/**
 * Does something again and again for as long as a cluster is there and somebody reads: when either is no longer so, that
 * is its end, and no fault. A signal is the other way to end it.
 */
export async function whileWatched(
  { name, clusters, milliseconds }: Watching,
  show: () => Promise<unknown>,
): Promise<ExitCode> {
  return stoppable(async (signal) => {
    while (!signal.aborted) {
      if (!(await listClusters(clusters)).includes(name)) {
        process.stderr.write(`galaxy-mesos: the cluster ${name} is gone\n`);
        return exitCodes.ok;
      }
      await show();
      if (hasNoReader()) return exitCodes.ok;
      await sleep(milliseconds, undefined, { signal }).catch(() => {
        // The loop sees that it is to end.
      });
    }
    return exitCodes.interrupted;
  });
}

/** It is known from the first write on that fails. */
export const hasNoReader = (): boolean => process.stdout.destroyed || process.stdout.errored !== null;
