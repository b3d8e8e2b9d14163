import type { TaskRecord } from '@galaxy-mesos/scheduler';
import { expect, test } from 'vitest';
import { jobIdsOf, joinName, joinTaskId, partTaskId, taskKind, tasksOf } from './task-ids.ts';
import { aJob, anOutput } from './testing/a-job.ts';

const job = aJob({ outputs: [anOutput({ name: 'result' }), anOutput({ name: 'log/é' })] });
const other = { ...job, id: 'job-1-2' };
const record = (id: string): TaskRecord => ({
  spec: { id, name: id, command: '', environment: {}, resources: { cpus: 1, mem: 1, disk: 0 }, retries: 0 },
  state: 'waiting',
  attempts: [],
});

test('finds the tasks of a job and none of a job whose id begins alike', () => {
  const joins = [joinTaskId(job, joinName('log/é', 0, [])), joinTaskId(job, joinName('result', 12, [3, 4]))];
  const others = [joinTaskId(other, joinName('result', 0, [])), partTaskId(other, 0)];
  const parts = [partTaskId(job, 0), partTaskId(job, 1)];
  const found = tasksOf(job, [...joins, ...others, ...parts].map(record));
  expect(found.map(({ spec }) => spec.id)).toEqual([...parts, ...joins]);
  expect(joins[0]).toBe('job-1-merge-log%2F%C3%A9-n0');
});

test('tells by the id of a task which jobs it may be of', () => {
  expect(jobIdsOf(partTaskId(other, 7))).toEqual([other.id]);
  expect(jobIdsOf(joinTaskId(job, joinName('result', 5, [])))).toEqual([job.id]);
  const nested = { ...job, id: 'a-merge-b' };
  expect(jobIdsOf(partTaskId(nested, 100_000))).toEqual(['a', nested.id]);
  expect(taskKind({ ...job, id: 'a' }, partTaskId(nested, 100_000))).toBeUndefined();
});

test('calls a join by what is left out of it', () => {
  const names = [[], [1], [1, 2], [12]].map((missing) => joinName('result', 0, missing));
  expect(new Set(names).size).toBe(names.length);
});
