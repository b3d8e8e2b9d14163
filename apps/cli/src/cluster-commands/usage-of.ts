import { QueueClusterError, type QueueClusterErrorCode } from '@galaxy-mesos/queue-cluster';
import { UsageError } from '../usage-error.ts';

/** What is wrong with what was asked, not with the cluster. */
const usage: readonly QueueClusterErrorCode[] = ['INVALID_DEFINITION', 'UNKNOWN_CLUSTER', 'EXISTS'];

/** Does what a command is for; mistakes of whoever gave it are told as such. */
export async function withUsage<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const directory = refusedDirectory(error);
    if (directory !== undefined) {
      const advice = 'clusters have their directories there; GALAXY_MESOS_CLUSTERS names another place';
      throw new UsageError(`${directory}; ${advice}`, { cause: error });
    }
    if (!(error instanceof QueueClusterError && usage.includes(error.code))) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

const refusals: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'];

/** What the system says of a directory that cannot be used. */
const refusedDirectory = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && refusals.includes(error.code) ? error.message : undefined;
