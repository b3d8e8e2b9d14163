import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeJobService } from '../../test-helpers/fake-job-service.ts';
import { PulsarClient } from '../../test-helpers/pulsar-client.ts';
import { PulsarServer } from '../../test-helpers/pulsar-server.ts';
import { FileCache } from './file-cache.ts';
import { tidyUp } from './pulsar-door.ts';
import { PulsarJobs } from './pulsar-jobs.ts';

const hour = 3_600_000;

let jobs: FakeJobService;
let server: PulsarServer;
const client = (id: string) => new PulsarClient(server, id);
beforeEach(async () => {
  jobs = new FakeJobService();
  server = await PulsarServer.start({ jobs });
});
afterEach(() => server[Symbol.asyncDispose]());

/** Tidies up as it will be done so many hours from now. */
async function tidyUpIn(hours: number): Promise<void> {
  const options = { jobs, records: server.records, staging: server.staging, unclaimedHours: 10 };
  const pulsarJobs = await PulsarJobs.open(options, Fastify().log);
  const cache = new FileCache(join(server.directory, 'cache'));
  const door = { options, jobs: pulsarJobs, cache, keyOf: () => ({ owner: '', manager: '', id: '' }) };
  await tidyUp(door, Date.now() + hours * hour);
  await pulsarJobs.close();
}

const remaining = async () => (await readdir(join(server.staging, 'default', '_default_'))).sort();

test('jobs that Galaxy never asks about again go, those that wait or run stay', async () => {
  for (const id of ['set-up', 'waits', 'runs', 'failed', 'ok']) await client(id).setup();
  for (const id of ['waits', 'runs', 'failed', 'ok']) await client(id).submit();
  jobs.change('default._default_.runs', 'running');
  jobs.change('default._default_.failed', 'error', { endedAt: Date.now() });
  jobs.change('default._default_.ok', 'ok', { endedAt: Date.now() + 5 * hour });
  await tidyUpIn(9);
  expect(await remaining()).toEqual(['failed', 'ok', 'runs', 'set-up', 'waits']);
  await tidyUpIn(11);
  expect(await remaining()).toEqual(['ok', 'runs', 'waits']);
  await tidyUpIn(16);
  expect(await remaining()).toEqual(['runs', 'waits']);
  expect((await server.records.load()).map(({ key }) => key).sort()).toEqual([
    'default._default_.runs',
    'default._default_.waits',
  ]);
  expect(
    jobs
      .jobs()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['default._default_.runs', 'default._default_.waits']);
});

test('cached files go that no job has used for so long', async () => {
  const path = { path: '/galaxy/dataset_1.dat' };
  await client('1').ask('POST', '/cache', path, 'x');
  await tidyUpIn(9);
  expect((await client('1').ask('GET', '/cache/status', path)).json()).toMatchObject({ ready: true });
  await tidyUpIn(11);
  expect((await client('1').ask('GET', '/cache/status', path)).json()).toMatchObject({ ready: false });
});

test('what is left of an upload in a daemon that was killed goes', async () => {
  const incoming = join(server.staging, '.incoming');
  await writeFile(join(incoming, '.incoming-old'), 'half');
  await writeFile(join(incoming, '.incoming-new'), 'half');
  const old = new Date(Date.now() - 50 * hour);
  await utimes(join(incoming, '.incoming-old'), old, old);
  await tidyUpIn(0);
  expect(await readdir(incoming)).toEqual(['.incoming-new']);
});
