import type { DemandDesk } from '@galaxy-mesos/job-runner';
import { demandDesk } from '@galaxy-mesos/queue-cluster';

/** Where a cluster in a batch queue is told what it lacks, once it is there; see `demandDesk`. */
export function lateDemandDesk(url: string): DemandDesk {
  let desk: DemandDesk | undefined;
  return {
    async tell(classes) {
      desk ??= await demandDesk(url);
      return (await desk?.tell(classes)) ?? [];
    },
    async withdraw() {
      await desk?.withdraw();
    },
  };
}
