import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJobStore, type StoreError } from '@galaxy-mesos/job-store';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type RealPostgres,
  requireRealPostgres,
  startPostgres,
} from '../../../test-fixtures/real-postgres/real-postgres.ts';
import { killChildren, startChild } from './child-process.ts';
import { commitsOf, step } from './contract/arbitraries.ts';
import { job, spec, withStore } from './contract/store-fixture.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { lockTable, runSql } from './run-sql.ts';

let postgres: RealPostgres;

/** On a busy machine whatever happens by itself may take its time. */
const patience = { timeout: 30_000, interval: 20 };

const batchesIn = async (location: string): Promise<Map<string, number>> => {
  const records = await withStore(location, (store) => store.taskStore('cluster').load(), { wait: true });
  const batches = new Map<string, number>();
  for (const record of records) {
    const [batch = '', , pid = ''] = record.spec.id.split('-');
    batches.set(`${pid}-${batch}`, (batches.get(`${pid}-${batch}`) ?? 0) + 1);
  }
  return batches;
};

const batchesOf = (pid: number | undefined) => (location: string) =>
  runSql(location, `SELECT count(*) FROM galaxy_mesos.tasks WHERE id LIKE '%-${pid}'`);

describe.skipIf(!requireRealPostgres())('a PostgreSQL store, when things break', () => {
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterEach(killChildren);
  afterAll(() => postgres.stop());

  test('is taken over by a process that stands by, once the one that leads is killed; all that was committed is there', async () => {
    const location = await postgres.newDatabase();
    const leader = startChild('commit', location);
    expect(await leader.line()).toBe('open 1');
    const standby = startChild('stand-by', location);
    expect(await standby.line()).toBe('waiting LOCKED');
    await leader.lineOf('committed 5');
    await leader.kill();
    expect(await standby.lineOf('open')).toBe('open 2');
    await standby.lineOf('committed 5');
    await standby.kill();
    const batches = await batchesIn(location);
    expect(batches.size).toBeGreaterThanOrEqual(12);
    expect(new Set(batches.values())).toEqual(new Set([50]));
  });

  test('is free at once for a process that starts after the one that led was killed', async () => {
    const location = await postgres.newDatabase();
    const leader = startChild('hold', location);
    await leader.lineOf('open');
    await leader.kill();
    await withStore(location, async (store) => expect(store.term).toBe(2));
  });

  test('is taken over from a process that is frozen, which writes nothing more when it goes on', async () => {
    const location = await postgres.newDatabase();
    const frozen = startChild('commit', location);
    await frozen.lineOf('committed 3');
    const standby = startChild('stand-by', location);
    expect(await standby.line()).toBe('waiting LOCKED');
    frozen.signal('SIGSTOP');
    expect(await standby.lineOf('open')).toBe('open 2');
    await standby.lineOf('committed 3');
    const written = batchesOf(frozen.pid);
    const before = await written(location);
    frozen.signal('SIGCONT');
    const last = [await frozen.lineOf('lost'), await frozen.lineOf('refused')];
    expect(last).toEqual(['lost DEPOSED', 'refused DEPOSED']);
    expect(await frozen.line()).toBe('');
    await standby.lineOf('committed 6');
    await standby.kill();
    expect(await written(location)).toEqual(before);
    expect(new Set((await batchesIn(location)).values())).toEqual(new Set([50]));
  });

  test('is taken over, too, from a process that is frozen in the midst of a large commit', async () => {
    const location = await postgres.newDatabase();
    const frozen = startChild('commit-large', location);
    await frozen.lineOf('open');
    const writing = `SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND xact_start IS NOT NULL AND query LIKE '%.write_rows(%' AND pid <> pg_backend_pid()`;
    while ((await runSql(location, writing)).length === 0) await sleep(5);
    frozen.signal('SIGSTOP');
    await withStore(
      location,
      async (store) => {
        expect(store.term).toBe(2);
        expect([0, 100_000]).toContain((await store.taskStore('cluster').load()).length);
      },
      { wait: true },
    );
  });

  test('is closed, too, while the server answers nothing', async () => {
    const store = await openJobStore(await postgres.newDatabase(), { leaseSeconds: 6 });
    postgres.freeze();
    await store.close();
    postgres.thaw();
    expect(store.lost.aborted).toBe(false);
  });

  test('writes nothing once another term has begun, also if its own clock does not tell', async () => {
    const location = await postgres.newDatabase();
    const store = await openJobStore(location, { leaseSeconds: 60 });
    const tasks = store.taskStore('cluster');
    await tasks.commit([{ type: 'added', spec: spec('a') }]);
    await runSql(
      location,
      'UPDATE galaxy_mesos.fence SET term = 2; UPDATE galaxy_mesos.leadership SET term = 2',
    );
    const lost = once(store.lost, 'abort');
    await expect(tasks.commit([{ type: 'added', spec: spec('b') }])).rejects.toThrow('the term 1 is over');
    await lost;
    expect(store.lost.reason).toMatchObject({ code: 'DEPOSED' });
    await expect(store.addJob(job('j'))).rejects.toMatchObject({ code: 'DEPOSED' });
    await store.close();
    expect(await runSql(location, 'SELECT id FROM galaxy_mesos.tasks')).toEqual([{ id: 'a' }]);
  });

  test('learns from its lease that another term has begun, if it has nothing to write', async () => {
    const location = await postgres.newDatabase();
    const store = await openJobStore(location, { leaseSeconds: 6 });
    const lost = once(store.lost, 'abort');
    await runSql(location, 'UPDATE galaxy_mesos.leadership SET term = 2');
    await lost;
    expect(String(store.lost.reason)).toContain('another process has taken it over');
    await store.close();
  });

  test('goes on when the server is killed and started again, and writes nothing twice', async () => {
    const location = await postgres.newDatabase();
    const store = await openJobStore(location, { leaseSeconds: 60 });
    const tasks = store.taskStore('cluster');
    const ids: string[] = [];
    let isDone = false;
    const writing = (async () => {
      for (let number = 0; !isDone; number++) {
        await tasks.commit([{ type: 'added', spec: spec(`t-${number}`) }]);
        ids.push(`t-${number}`);
      }
    })();
    for (let round = 0; round < 4; round++) {
      await sleep(30 + round * 17);
      await postgres.restart();
    }
    isDone = true;
    await writing;
    expect((await tasks.load()).map((task) => task.spec.id)).toEqual(ids);
    expect(store.lost.aborted).toBe(false);
    await store.close();
  });

  test.each(['before', 'after'] as const)(
    'sends a commit again if the connection broke %s the server had done it, and it is done once',
    async (when) => {
      const proxy = await startCuttingProxy(postgres.port);
      const url = new URL(await postgres.newDatabase());
      url.port = String(proxy.port);
      await withStore(url.href, async (store) => {
        const tasks = store.taskStore('cluster');
        await tasks.commit([{ type: 'added', spec: spec('first') }]);
        proxy.cutAt('write_rows', when);
        await tasks.commit([{ type: 'added', spec: spec('second') }]);
        proxy.cutAt('write_rows', when);
        // Refused the second time, by its content: then it is made sure that the first is never done.
        proxy.cutAt('void_write', when);
        await expect(tasks.commit([{ type: 'added', spec: spec('first') }])).rejects.toMatchObject({
          code: 'FAILED',
        });
        await tasks.commit([{ type: 'added', spec: spec('third') }]);
        expect(proxy.cuts).toBe(3);
        expect((await tasks.load()).map((task) => task.spec.id)).toEqual(['first', 'second', 'third']);
      });
      await proxy.close();
    },
  );

  test.each([
    ['write_rows', 'before'],
    ['write_rows', 'after'],
    ['COMMIT', 'before'],
    ['COMMIT', 'after'],
  ] as const)(
    'does a commit of several calls once, if the connection broke at %s, %s the server had done that',
    async (bytes, when) => {
      const proxy = await startCuttingProxy(postgres.port);
      const url = new URL(await postgres.newDatabase());
      url.port = String(proxy.port);
      const ids = Array.from({ length: 10_001 }, (_, index) => `t${index}`);
      const added = ids.map((id) => ({ type: 'added', spec: spec(id) }) as const);
      await withStore(url.href, async (store) => {
        const tasks = store.taskStore('cluster');
        proxy.cutAt(bytes, when);
        // Refused the second time only, or already the first where nothing breaks before the last part.
        const twice = tasks.commit([...added, { type: 'added', spec: spec('t0') }]);
        await expect(twice).rejects.toMatchObject({ code: 'FAILED' });
        expect(await tasks.load()).toEqual([]);
        proxy.cutAt(bytes, when);
        await tasks.commit(added);
        await tasks.commit([{ type: 'added', spec: spec('later') }]);
        expect((await tasks.load()).map((task) => task.spec.id)).toEqual([...ids, 'later']);
      });
      expect(proxy.cuts).toBeGreaterThan(0);
      await proxy.close();
    },
  );

  test('holds what a store in memory holds, wherever connections break', async () => {
    const proxy = await startCuttingProxy(postgres.port);
    const breaks = fc.constantFrom(undefined, undefined, 'before' as const, 'after' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.infiniteStream(breaks), async (steps, when) => {
        const url = new URL(await postgres.newDatabase());
        url.port = String(proxy.port);
        const memory = new MemoryTaskStore();
        await withStore(url.href, async (store) => {
          const tasks = store.taskStore('cluster');
          for (const changes of commitsOf(steps).filter(({ length }) => length > 0)) {
            const { value } = when.next();
            if (value) proxy.cutAt('write_rows', value);
            await tasks.commit(changes);
            await memory.commit(changes);
          }
          expect(await tasks.load()).toEqual(await memory.load());
        });
      }),
      { numRuns: 10 },
    );
    expect(proxy.cuts).toBeGreaterThan(0);
    await proxy.close();
  });

  test('is opened in the end if the connection breaks as soon as it leads', async () => {
    const proxy = await startCuttingProxy(postgres.port);
    const url = new URL(await postgres.newDatabase());
    url.port = String(proxy.port);
    proxy.cutAt('SELECT schema_version', 'before');
    await withStore(url.href, async (store) => expect(store.term).toBe(2), { wait: true });
    expect(proxy.cuts).toBe(1);
    await proxy.close();
  });

  test('keeps the lead when only its connections are ended', async () => {
    const location = await postgres.newDatabase();
    const store = await openJobStore(location);
    const tasks = store.taskStore('cluster');
    const standby = startChild('stand-by', location);
    expect(await standby.line()).toBe('waiting LOCKED');
    for (let round = 0; round < 3; round++) {
      await runSql(
        location,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
         AND datname = current_database()`,
      );
      await tasks.commit([{ type: 'added', spec: spec(`t-${round}`) }]);
      await sleep(1000);
    }
    expect(store.lost.aborted).toBe(false);
    await store.close();
    expect(await standby.lineOf('open')).toBe('open 2');
  });

  test('stops leading when the server is away for longer than the lease, and can be opened again', async () => {
    const location = await postgres.newDatabase();
    const store = await openJobStore(location, { leaseSeconds: 4 });
    const tasks = store.taskStore('cluster');
    await tasks.commit([{ type: 'added', spec: spec('a') }]);
    const lost = once(store.lost, 'abort');
    await postgres.kill();
    const commit = tasks.commit([{ type: 'added', spec: spec('b') }]);
    await expect(commit).rejects.toMatchObject({ code: 'DEPOSED' });
    await lost;
    expect(store.lost.reason).toMatchObject({ name: 'StoreError', code: 'DEPOSED' });
    await expect(tasks.load()).rejects.toMatchObject({ code: 'DEPOSED' });
    await store.close();
    await expect(openJobStore(location)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    const reasons: string[] = [];
    const reopening = openJobStore(location, {
      wait: true,
      onWaiting: ({ code }: StoreError) => reasons.push(code),
    });
    await expect.poll(() => reasons, patience).toContain('UNREACHABLE');
    await postgres.restart();
    const reopened = await reopening;
    expect(await reopened.taskStore('cluster').load()).toMatchObject([{ spec: { id: 'a' } }]);
    await reopened.close();
  });

  test('stops leading while the server is frozen, by its own clock', async () => {
    const location = await postgres.newDatabase();
    const store = await openJobStore(location, { leaseSeconds: 4 });
    postgres.freeze();
    try {
      const commit = store.taskStore('cluster').commit([{ type: 'added', spec: spec('a') }]);
      await expect(commit).rejects.toMatchObject({ code: 'DEPOSED' });
    } finally {
      postgres.thaw();
    }
    await store.close();
    // What was sent and not answered is written or not, and is seen now.
    const records = await withStore(location, (again) => again.taskStore('cluster').load(), { wait: true });
    expect(records.length).toBeLessThanOrEqual(1);
  });

  test('keeps its lead while a write takes longer than the lease', async () => {
    const location = await postgres.newDatabase();
    const leaseSeconds = 3;
    const store = await openJobStore(location, { leaseSeconds });
    const tasks = store.taskStore('cluster');
    const release = await lockTable(location, 'galaxy_mesos.tasks');
    const commit = tasks.commit([{ type: 'added', spec: spec('a') }]);
    await Promise.all([commit, sleep(2 * leaseSeconds * 1000).then(release)]);
    expect(store.lost.aborted).toBe(false);
    await store.close();
  });
});
