import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openJobStore } from '@galaxy-mesos/job-store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type RealPostgres,
  requireRealPostgres,
  startPostgres,
} from '../../../test-fixtures/real-postgres/real-postgres.ts';
import { foundation, migrations } from '../src/postgres/migrations.ts';
import { testChanges } from './contract/changes.ts';
import { testEvents } from './contract/events.ts';
import { testJobs } from './contract/jobs.ts';
import { testOpening } from './contract/opening.ts';
import { type StoreFixture, spec, withStore } from './contract/store-fixture.ts';
import { testTasks } from './contract/tasks.ts';
import { runSql } from './run-sql.ts';
import { mountSmallDisk } from './small-disk.ts';

let postgres: RealPostgres;

const fixture: StoreFixture = {
  newLocation: () => postgres.newDatabase(),
  tamper: async (location, sql) => void (await runSql(location, `SET search_path = galaxy_mesos; ${sql}`)),
  setVersion: (version) => `UPDATE fence SET schema_version = ${version}`,
  makeOld: async (location, steps) => {
    const sql = `CREATE SCHEMA galaxy_mesos; ${foundation} ${migrations.slice(0, steps).join('\n')}`;
    await runSql(location, `${sql} UPDATE galaxy_mesos.fence SET schema_version = ${steps}`);
  },
  steps: migrations.length,
  runs: 12,
};

describe.skipIf(!requireRealPostgres())('a store in a PostgreSQL database', () => {
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  testTasks(fixture);
  testJobs(fixture);
  testEvents(fixture);
  testChanges(fixture);
  testOpening(fixture);

  test('is reached through a UNIX socket, too', async () => {
    await postgres.newDatabase();
    const location = postgres.socketUrl('postgres');
    await withStore(location, async (store) => expect(store.location).toContain('postgres?host=/'));
  });

  test('never shows the password', async () => {
    const url = new URL(await postgres.newDatabase());
    url.password = 's3cret';
    await withStore(url.href, async (store) => expect(store.location).not.toContain('s3cret'));
    url.port = '1';
    const refused = await openJobStore(url.href).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'UNREACHABLE' });
    expect(`${refused} ${JSON.stringify(refused)}`).not.toContain('s3cret');
    await expect(openJobStore('postgres://me:s3c/ret@host/x')).rejects.toThrow(/^(?!.*s3c).*\[UNREADABLE\]/);
  });

  test('works with whatever level of isolation a database is set to', async () => {
    const location = await postgres.newDatabase();
    const name = path.basename(location);
    await runSql(location, `ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    const first = await openJobStore(location);
    const second = openJobStore(location, { wait: true });
    await first.taskStore('cluster').commit([{ type: 'added', spec: spec('a') }]);
    await first.close();
    const store = await second;
    expect(await store.taskStore('cluster').load()).toHaveLength(1);
    await store.close();
  });

  test('tells each address that it tried in vain', async () => {
    const opening = openJobStore('postgres://localhost:1/nothing');
    await expect(opening).rejects.toThrow(/^\[UNREACHABLE\] postgres:\S+: .*ECONNREFUSED.*:1\b.*; check/);
  });

  test('waits for the lease of a leader that nobody can ask no longer than it is told to', async () => {
    const location = await postgres.newDatabase();
    await withStore(location, async () => {});
    await fixture.tamper(
      location,
      "UPDATE leadership SET session = 1, lease_seconds = 3600, server_started = '2000-01-01'",
    );
    const abort = new AbortController();
    const opening = openJobStore(location, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 100);
    await expect(opening).rejects.toThrow('enough');
  });

  test('says so if there is no such database', async () => {
    const opening = openJobStore(postgres.url('nothing'));
    await expect(opening).rejects.toMatchObject({ code: 'UNREADABLE' });
    await expect(opening).rejects.toThrow('database "nothing" does not exist');
  });

  test('is not opened by a user who may not make tables', async () => {
    const url = new URL(await postgres.newDatabase());
    await runSql(url.href, 'DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN');
    url.username = 'guest';
    await expect(openJobStore(url.href)).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  test('is opened by a user who may make no schema, if there is one for that user', async () => {
    const url = new URL(await postgres.newDatabase());
    await runSql(url.href, 'CREATE ROLE tenant LOGIN; CREATE SCHEMA galaxy_mesos AUTHORIZATION tenant');
    url.username = 'tenant';
    await withStore(url.href, async (store) => expect(store.term).toBe(1));
  });

  test('is opened by only one of many who try at once, on a database that is empty yet', async () => {
    const location = await postgres.newDatabase();
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => openJobStore(location)));
    const stores = attempts.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const refusals = attempts.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refusals).toEqual(['LOCKED', 'LOCKED', 'LOCKED', 'LOCKED']);
    await stores[0]?.close();
  });

  test('says that the disk is full, keeps what it has, and goes on once there is room', async (context) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'job-store-'));
    chmodSync(directory, 0o755);
    const disk = mountSmallDisk(path.join(directory, 'disk'), 32);
    if (!disk) return context.skip('only root may mount a small disk');
    try {
      const location = await postgres.newDatabase(await postgres.newTablespace(disk.folder));
      await withStore(location, async (store) => {
        const tasks = store.taskStore('cluster');
        await tasks.commit([{ type: 'added', spec: spec('first') }]);
        disk.fill(64 * 1024);
        const command = randomBytes(1024 * 1024).toString('hex');
        const large = { type: 'added', spec: spec('large', { command }) } as const;
        await expect(tasks.commit([large])).rejects.toMatchObject({ code: 'FULL' });
        expect((await tasks.load()).map((task) => task.spec.id)).toEqual(['first']);
        disk.clear();
        await tasks.commit([large]);
        expect((await tasks.load()).map((task) => task.spec.id)).toEqual(['first', 'large']);
      });
      await runSql(postgres.url('postgres'), `DROP DATABASE ${path.basename(location)}`);
    } finally {
      disk.unmount();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
