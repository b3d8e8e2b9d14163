import { type Cluster, clusterOf } from '@galaxy-mesos/drivers';
import { messageOf } from './report-error.ts';
import { UsageError } from './usage-error.ts';

/**
 * The cluster that `--mesos` names, or else the environment.
 * @throws UsageError
 */
export function chosenCluster(option: string | undefined, environment: NodeJS.ProcessEnv): Cluster {
  try {
    return option === undefined
      ? clusterOf(environment.MESOS_URL, 'MESOS_URL')
      : clusterOf(option, '--mesos');
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
