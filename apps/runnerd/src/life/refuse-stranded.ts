import type { Cluster } from '@galaxy-mesos/drivers';
import type { JobStore } from '@galaxy-mesos/job-store';
import { RunnerdError } from '../runnerd-error.ts';
import type { StateDirectory } from './state-directory.ts';

/**
 * Refuses to go on as a new framework where tasks may run on a cluster under one whose id was lost: they would run
 * twice, and nobody could end the first. This machine needs no id: what runs here is found by its directory.
 * @throws RunnerdError `CLUSTER`
 */
export async function refuseStranded(
  store: Pick<JobStore, 'strandedTasks'>,
  name: string,
  state: StateDirectory,
  cluster: Cluster,
): Promise<void> {
  const count = cluster.kind === 'local' ? 0 : await store.strandedTasks(name);
  if (count === 0) return;
  const tasks = count === 1 ? '1 task' : `${count} tasks`;
  throw new RunnerdError(
    'CLUSTER',
    `${tasks} may still run on ${name}, and the store of ${state.root} does not tell any more under which framework; ` +
      'end that framework there, if the master still has it, and cancel these jobs, or put back the store',
  );
}
