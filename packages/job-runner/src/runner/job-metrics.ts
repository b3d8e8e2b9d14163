import { type JobState, jobStates } from '@galaxy-mesos/galaxy-jobs';
import type { JobTable } from './job-table.ts';

/** What is counted since the runner began. */
export interface RunnerCounts {
  readonly submitted: number;
  readonly events: number;
}

/** How the jobs stand, in Prometheus's text format. */
export function jobMetrics(table: JobTable, { submitted, events }: RunnerCounts): string {
  const states = new Map<JobState, number>(jobStates.map((state) => [state, 0]));
  for (const { shown } of table.entries) states.set(shown.state, (states.get(shown.state) ?? 0) + 1);
  return [
    ...metric('jobs', 'gauge', 'Jobs by state'),
    ...[...states].map(([state, count]) => `galaxy_mesos_jobs{state="${state}"} ${count}`),
    ...metric('jobs_submitted_total', 'counter', 'Jobs that were taken'),
    `galaxy_mesos_jobs_submitted_total ${submitted}`,
    ...metric('job_events_total', 'counter', 'Events of jobs, tasks and attempts'),
    `galaxy_mesos_job_events_total ${events}`,
    '',
  ].join('\n');
}

const metric = (name: string, type: 'gauge' | 'counter', help: string): string[] => [
  `# HELP galaxy_mesos_${name} ${help}`,
  `# TYPE galaxy_mesos_${name} ${type}`,
];
