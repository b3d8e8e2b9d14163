import path from 'node:path';
import { type Cluster, LocalDriver, MesosDriver } from '@galaxy-mesos/drivers';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';

/** What is wired differently for each job. */
export interface DriverWiring {
  /** The job's own directory. */
  readonly directory: string;
  readonly jobName: string;
  /** To go on as the framework of an earlier run. */
  readonly frameworkId?: string | undefined;
  readonly signal?: AbortSignal;
  /** Whether it is to hear of agents with graphics processors, too. */
  readonly gpu?: boolean;
  /** Nobody will go on with it: if the process dies, its framework ends with it. */
  readonly isPassing?: boolean;
}

/**
 * How long a cluster keeps the tasks of a job whose command line died: long enough to notice and go on with
 * `--resume`, short enough that a job nobody comes back to does not hold the cluster for a day.
 */
const failoverTimeoutSeconds = 3600;

/** A master that is there answers in milliseconds; one that is just being elected needs some seconds. */
const connectTimeoutSeconds = 15;

/** What the framework of a job is called on the pages of its master. */
export const frameworkNameFor = (jobName: string): string => `galaxy-mesos ${jobName}`;

/** The one place where it is decided what runs on a cluster and what on this machine. */
export function composeDriver(
  cluster: Cluster,
  { directory, jobName, frameworkId, signal, gpu = false, isPassing }: DriverWiring,
): ClusterDriver {
  // A local attempt's sandbox is the directory of its attempt in the job's directory: one place to look.
  if (cluster.kind === 'local') return new LocalDriver({ sandboxRoot: path.join(directory, 'attempts') });
  return new MesosDriver({
    master: cluster.master,
    frameworkName: frameworkNameFor(jobName),
    gpu,
    failoverTimeoutSeconds: isPassing ? 0 : failoverTimeoutSeconds,
    connectTimeoutSeconds,
    ...(cluster.credential && { credential: cluster.credential }),
    ...(cluster.credentialFile !== undefined && { credentialFile: cluster.credentialFile }),
    ...(cluster.tls && { tls: cluster.tls }),
    ...(frameworkId !== undefined && { frameworkId }),
    ...(signal && { signal }),
  });
}
