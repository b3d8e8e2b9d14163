import { openJobStore } from '@galaxy-mesos/job-store';
import type { TaskChange } from '@galaxy-mesos/scheduler';
import { MemoryTaskStore } from '@galaxy-mesos/scheduler/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anySpec, commitsOf, step } from './arbitraries.ts';
import { attempt, type StoreFixture, spec, withStore } from './store-fixture.ts';

/** What every store does with tasks. */
export function testTasks(fixture: StoreFixture): void {
  const loaded = (location: string) => withStore(location, (store) => store.taskStore('cluster').load());
  const idsIn = async (location: string) => (await loaded(location)).map((task) => task.spec.id);

  describe('tasks', () => {
    test('are after reopening what a store in memory holds, whatever was committed', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const location = await fixture.newLocation();
          const memory = new MemoryTaskStore();
          const commits = commitsOf(steps);
          for (const changes of commits) await memory.commit(changes);
          await withStore(location, async (store) => {
            const tasks = store.taskStore('cluster');
            for (const changes of commits) await tasks.commit(changes);
            expect(await tasks.load()).toEqual(await memory.load());
          });
          await withStore(location, async (store) => {
            expect(await store.taskStore('cluster').load()).toEqual(await memory.load());
            expect(await store.frameworkId('cluster')).toBe(memory.frameworkId);
          });
        }),
        { numRuns: fixture.runs },
      );
    });

    test('are the same, too, when all commits are made at once', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const memory = new MemoryTaskStore();
          const commits = commitsOf(steps);
          for (const changes of commits) await memory.commit(changes);
          await withStore(await fixture.newLocation(), async (store) => {
            const tasks = store.taskStore('cluster');
            await Promise.all(commits.map((changes) => tasks.commit(changes)));
            expect(await tasks.load()).toEqual(await memory.load());
          });
        }),
        { numRuns: fixture.runs },
      );
    });

    test('keep all that was asked for', async () => {
      const location = await fixture.newLocation();
      const specs = [...new Map(fc.sample(anySpec, 300).map((one) => [one.id, one])).values()];
      await withStore(location, (store) =>
        store.taskStore('cluster').commit(specs.map((one) => ({ type: 'added', spec: one }))),
      );
      expect((await loaded(location)).map((task) => task.spec)).toEqual(specs);
    });

    test('are written all of a commit or none', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        const tasks = store.taskStore('cluster');
        await tasks.commit([{ type: 'added', spec: spec('a') }]);
        const twice = tasks.commit([
          { type: 'added', spec: spec('b') },
          { type: 'added', spec: spec('a') },
        ]);
        await expect(twice).rejects.toMatchObject({ name: 'StoreError', code: 'FAILED' });
        expect((await tasks.load()).map((task) => task.spec.id)).toEqual(['a']);
        await tasks.commit([{ type: 'added', spec: spec('c') }]);
      });
      expect(await idsIn(location)).toEqual(['a', 'c']);
    });

    test('of a commit of any size are written in their order, all or none', async () => {
      const location = await fixture.newLocation();
      const ids = Array.from({ length: 12_001 }, (_, index) => `t${index}`);
      const added = ids.map((id): TaskChange => ({ type: 'added', spec: spec(id) }));
      const attempted = ids.map((id): TaskChange => ({ type: 'attempted', attempt: attempt(id, 1) }));
      await withStore(location, async (store) => {
        const tasks = store.taskStore('cluster');
        const last: TaskChange = { type: 'attempted', attempt: attempt('t0', 1, { id: 'other' }) };
        await expect(tasks.commit([...added, ...attempted, last])).rejects.toMatchObject({ code: 'FAILED' });
        expect(await tasks.load()).toEqual([]);
        await tasks.commit([...added, ...attempted]);
        await tasks.commit(ids.map((taskId) => ({ type: 'moved', taskId, state: 'active' })));
        await tasks.commit([{ type: 'added', spec: spec('later') }]);
      });
      const records = await loaded(location);
      expect(records.map((task) => task.spec.id)).toEqual([...ids, 'later']);
      expect(records[12_000]).toEqual({
        spec: spec('t12000'),
        state: 'active',
        attempts: [attempt('t12000', 1)],
      });
    });

    test('of a commit that is wrong do no harm to commits made at the same time', async () => {
      const location = await fixture.newLocation();
      const outcomes = await withStore(location, (store) => {
        const tasks = store.taskStore('cluster');
        const ids = ['a', 'b', 'a', 'c'];
        return Promise.allSettled(ids.map((id) => tasks.commit([{ type: 'added', spec: spec(id) }])));
      });
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(await idsIn(location)).toEqual(['a', 'b', 'c']);
    });

    test.each<[string, TaskChange]>([
      ['the task a', { type: 'moved', taskId: 'a', state: 'active' }],
      ['the attempt a-1', { type: 'updated', attempt: attempt('a', 1) }],
    ])('refuse a change of %s, which is not there', async (what, change) => {
      await withStore(await fixture.newLocation(), (store) =>
        expect(store.taskStore('cluster').commit([change])).rejects.toThrow(`${what} is not there`),
      );
    });

    test.each([
      ['the task a is not what it should be', spec('a', { retries: Number.NaN })],
      ['cannot be the id of a task', spec('a\0b')],
      ['cannot be the id of a task', spec('a\uD800')],
    ])('refuse what could not be read again: %s', async (message, unreadable) => {
      await withStore(await fixture.newLocation(), async (store) => {
        const tasks = store.taskStore('cluster');
        const commit = tasks.commit([{ type: 'added', spec: unreadable }]);
        await expect(commit).rejects.toMatchObject({
          code: 'FAILED',
          message: expect.stringContaining(message),
        });
        expect(await tasks.load()).toEqual([]);
      });
    });

    test.each([
      ["INSERT INTO tasks (id, state, document) VALUES ('t', 'lost', '{}')", 'tasks'],
      ["INSERT INTO tasks (id, state, document) VALUES ('t', 'waiting', '{\"id\": 7}')", 'tasks'],
      ["INSERT INTO tasks (id, state, document) VALUES ('t', 'waiting', 'no JSON')", 'tasks'],
      [
        "INSERT INTO tasks (id, state, document) VALUES ('t', 'waiting', '{}'); INSERT INTO attempts (id, task_id, number, document) VALUES ('a', 't', 1, '[]')",
        'attempts',
      ],
    ])('that were written by somebody else are told of as damaged: %s', async (sql, table) => {
      const location = await fixture.newLocation();
      await withStore(location, async () => {});
      await fixture.tamper(location, sql);
      await expect(loaded(location)).rejects.toMatchObject({
        code: 'UNREADABLE',
        message: expect.stringContaining(`a row of the table ${table} is damaged: `),
      });
    });

    test('cannot be written or read any more once the store was closed, which waits for commits', async () => {
      const location = await fixture.newLocation();
      const store = await openJobStore(location);
      const tasks = store.taskStore('cluster');
      const committed = tasks.commit([{ type: 'added', spec: spec('a') }]);
      await Promise.all([store.close(), store.close()]);
      await committed;
      await expect(tasks.commit([{ type: 'added', spec: spec('b') }])).rejects.toThrow('it was closed');
      await expect(tasks.load()).rejects.toThrow('it was closed');
      expect(store.lost.aborted).toBe(false);
      expect(await idsIn(location)).toEqual(['a']);
    });
  });
}
