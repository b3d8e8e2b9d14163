export type { JobView } from '@galaxy-mesos/galaxy-jobs';
