import type { ResourceRules } from '@galaxy-mesos/galaxy-jobs';
import type { DoorRecords, JobService } from '../job-service.ts';
import type { GalaxyOnAgents } from './describe-job.ts';

/** What the Pulsar door needs. */
export interface PulsarDoorOptions {
  readonly jobs: JobService;
  readonly records: DoorRecords;
  /** The directory of all job directories, absolute; made if it is not there. */
  readonly staging: string;
  /** Where uploads are kept that Galaxy would send again, for destinations with `cache: true`; absent: nowhere. */
  readonly cache?: string;
  /** Names under which Galaxy may address this door besides the default one. */
  readonly managers?: readonly string[];
  /** Hours after which a job is forgotten that has ended, or was never submitted. Default: 168, a week. */
  readonly unclaimedHours?: number;
  /** Of one uploaded file. Default: no limit but the disk. */
  readonly maximumFileBytes?: number;
  /** What jobs get and may ask for; looked at for each job, so that it may change. Default: no rules. */
  readonly rules?: () => ResourceRules;
  readonly galaxy?: GalaxyOnAgents;
  /**
   * Directories that the daemon and Galaxy see under the same path: where `remote_copy` may read and write. Default:
   * none, so that it is refused.
   */
  readonly sharedDirectories?: readonly string[];
  /** Directories besides the job's own into which a tool's outputs may be links, such as reference data. */
  readonly linkedDirectories?: readonly string[];
  /** Milliseconds between tries to move a file from or to Galaxy; as many tries, and one. Default: over some minutes. */
  readonly transferPauses?: readonly number[];
}
