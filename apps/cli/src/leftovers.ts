import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { MesosError } from '@galaxy-mesos/mesos-client';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import { type Cluster, clusterName } from './cluster.ts';
import { composeDriver } from './compose.ts';
import type { JobWork } from './job-work.ts';

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
