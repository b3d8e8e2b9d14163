import { type Cluster, clusterName } from '@galaxy-mesos/drivers';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { MesosError } from '@galaxy-mesos/mesos-client';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import { composeDriver, frameworkNameFor } from './compose.ts';
import type { JobWork } from './job-work.ts';
import { UsageError } from './usage-error.ts';

/**
 * Ends what an earlier run of a job may have left running on a cluster, after a `kill -9`.
 * @throws what the driver throws if the cluster cannot be reached
 */
export async function endLeftovers(
  { directory, job, store }: Pick<JobWork, 'directory' | 'store'> & { readonly job: Job },
  cluster: Cluster,
  signal: AbortSignal,
): Promise<void> {
  const name = clusterName(cluster);
  const frameworkId = await store.frameworkId(name);
  if (frameworkId === undefined) return;
  const driver = composeDriver(cluster, { directory, jobName: job.name, frameworkId, signal });
  if (await connect(driver)) await driver.stop('teardown');
  await store.forgetFramework(name);
}

/**
 * Refuses to go on as a new framework where tasks may run on a cluster under one whose id was lost: they would run
 * twice, and nobody could end the first. This machine needs no id: what runs here is found by its directory.
 * @throws UsageError
 */
export async function refuseStranded(
  { directory, job, store }: Pick<JobWork, 'directory' | 'store'> & { readonly job: Job },
  cluster: Cluster,
): Promise<void> {
  const name = clusterName(cluster);
  const count = cluster.kind === 'local' ? 0 : await store.strandedTasks(name);
  if (count === 0) return;
  const tasks = count === 1 ? '1 task' : `${count} tasks`;
  throw new UsageError(
    `${tasks} of the earlier run may still run on ${name}, and ${directory} does not tell any more under which ` +
      `framework; end "${frameworkNameFor(job.name)}" there, if its master still has it, then begin anew with --restart`,
  );
}

/** False if the framework has ended, and all that it ran with it. */
async function connect(driver: ClusterDriver): Promise<boolean> {
  try {
    await driver.start(() => {});
    return true;
  } catch (error) {
    if (error instanceof MesosError && error.code === 'FRAMEWORK_REMOVED') return false;
    throw error;
  }
}
