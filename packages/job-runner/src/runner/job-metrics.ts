import { isEnded, type JobState, jobStates } from '@galaxy-mesos/galaxy-jobs';
import type { JobTable } from './job-table.ts';

/** What is counted since the runner began. */
export interface RunnerCounts {
  readonly submitted: number;
  readonly events: number;
  /** How many jobs came to which end. */
  readonly ends: ReadonlyMap<JobState, number>;
}

/** How the jobs stand, in Prometheus's text format. */
export function jobMetrics(table: JobTable, { submitted, events, ends }: RunnerCounts): string {
  const states = new Map<JobState, number>(jobStates.map((state) => [state, 0]));
  for (const { shown } of table.entries) states.set(shown.state, (states.get(shown.state) ?? 0) + 1);
  return [
    ...metric('jobs', 'gauge', 'Jobs by state'),
    ...[...states].map(([state, count]) => `galaxy_mesos_jobs{state="${state}"} ${count}`),
    ...metric('jobs_submitted_total', 'counter', 'Jobs that were taken'),
    `galaxy_mesos_jobs_submitted_total ${submitted}`,
    ...metric('job_ends_total', 'counter', 'Jobs that came to an end, by state'),
    ...jobStates
      .filter(isEnded)
      .map((state) => `galaxy_mesos_job_ends_total{state="${state}"} ${ends.get(state) ?? 0}`),
    ...metric('job_events_total', 'counter', 'Events of jobs, tasks and attempts'),
    `galaxy_mesos_job_events_total ${events}`,
    '',
  ].join('\n');
}

const metric = (name: string, type: 'gauge' | 'counter', help: string): string[] => [
  `# HELP galaxy_mesos_${name} ${help}`,
  `# TYPE galaxy_mesos_${name} ${type}`,
];
