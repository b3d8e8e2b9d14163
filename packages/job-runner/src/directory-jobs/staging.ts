import type { Job } from '@galaxy-mesos/galaxy-jobs';

/** How the files of directory jobs come to agents and back. */
export type DirectoryStaging =
  /** Agents see the directories of the daemon under the same paths. */
  | {
      readonly mode: 'shared';
      /** Whether tasks run as the user of this process, which then makes the directories of the first attempt. */
      readonly asThisUser?: boolean;
    }
  /** They do not: files travel by HTTP. */
  | {
      readonly mode: 'http';
      /** The base URL of the daemon as agents reach it. */
      readonly url: string;
      /** How long an attempt waits for a daemon that does not answer. Default: six hours. */
      readonly patienceSeconds?: number;
    };

/** The environment variable in which an attempt finds the secret of its job. */
export const secretVariable = 'GALAXY_MESOS_STAGING_SECRET';

/** Where an attempt that cannot see the attempt script puts the one that it fetches, in its sandbox. */
export const bootstrapFile = '.galaxy-mesos-attempt.sh';

/** Where the staging door has the files of a job. */
export const stagingUrl = (job: Job, { url }: { readonly url: string }): string =>
  `${url.replace(/\/+$/, '')}/staging/v1/jobs/${encodeURIComponent(job.id)}`;
