import type { TaskRecord } from '@galaxy-mesos/scheduler';
import { expect, test } from 'vitest';
import { mergeTaskId, partTaskId, tasksOf } from './task-ids.ts';
import { aJob, anOutput } from './testing/a-job.ts';

const job = aJob({ outputs: [anOutput({ name: 'result' }), anOutput({ name: 'log/é' })] });
const record = (id: string): TaskRecord => ({
  spec: { id, name: id, command: '', environment: {}, resources: { cpus: 1, mem: 1, disk: 0 }, retries: 0 },
  state: 'waiting',
  attempts: [],
});

test('finds the tasks of a job and none of a job whose id begins alike', () => {
  const other = { ...job, id: 'job-1-2' };
  const ids = [partTaskId(job, 0), partTaskId(other, 0), partTaskId(job, 1), mergeTaskId(other, 'result')];
  ids.push(mergeTaskId(job, 'log/é'), mergeTaskId(job, 'result'));
  const { parts, merges } = tasksOf(job, ids.map(record));
  expect(parts.map(({ spec }) => spec.id)).toEqual(['job-1-000000', 'job-1-000001']);
  expect(merges.map(({ spec }) => spec.id)).toEqual(['job-1-merge-log%2F%C3%A9', 'job-1-merge-result']);
});
