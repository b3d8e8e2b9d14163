import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { StateDirectory } from './state-directory.ts';

/** Removes what attempts on this machine left; those of a cluster's agents are removed by the cluster. */
export async function removeSandboxes(
  { sandboxes }: Pick<StateDirectory, 'sandboxes'>,
  attemptIds: readonly string[],
): Promise<void> {
  for (const attemptId of attemptIds) {
    await rm(path.join(sandboxes, path.basename(attemptId)), { recursive: true, force: true });
  }
}
