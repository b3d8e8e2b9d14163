import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { expect, it } from 'vitest';
import { JobEntry } from './job-entry.ts';
import { JobTable } from './job-table.ts';

const job = (id: string, user: string): Job => ({
  ...{ id, user, name: id, command: 'true', shell: '/bin/sh', inputs: [], outputs: [], environment: {} },
  ...{ resources: { cpus: 1, mem: 1, disk: 0 }, retries: 0 },
  stdio: { exitCodes: [], failOnStderr: false, failOnPhrases: [] },
});

const table = new JobTable();
for (const [index, user] of ['ada', 'ben', 'ada', 'ben', 'ada'].entries()) {
  const id = `job-${index}`;
  table.reserve(id);
  table.settle(id, new JobEntry({ job: job(id, user), state: 'new', outcome: {}, createdAt: index }, ''));
}

const ids = (query: Parameters<JobTable['query']>[0]): string =>
  table
    .query(query)
    .map(({ id }) => id.slice('job-'.length))
    .join('');

it.each([
  [{}, '01234'],
  [{ limit: 2 }, '01'],
  [{ after: 'job-1', limit: 2 }, '23'],
  [{ order: 'oldest', user: 'ada' }, '024'],
  [{ order: 'youngest' }, '43210'],
  [{ order: 'youngest', limit: 2 }, '43'],
  [{ order: 'youngest', after: 'job-3', limit: 2 }, '21'],
  [{ order: 'youngest', user: 'ada', after: 'job-3' }, '20'],
  [{ order: 'youngest', after: 'job-9' }, ''],
] as const)('answers %j by %s', (query, found) => {
  expect(ids(query)).toBe(found);
});
