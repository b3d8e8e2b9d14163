import type { JobState } from '@galaxy-mesos/galaxy-jobs';
import type { TaskState } from '@galaxy-mesos/scheduler';
import { describe, expect, test } from 'vitest';
import { attempt, job, type StoreFixture, spec, withStore } from './store-fixture.ts';

/** What every store does with jobs and frameworks. */
export function testJobs(fixture: StoreFixture): void {
  describe('jobs', () => {
    test('and their states are kept, oldest first, when the store is reopened', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        for (const id of ['z', 'a', 'm']) await store.addJob(job(id));
        await store.setJobState('a', 'queued');
        await store.setJobState('m', 'error');
      });
      expect(await withStore(location, (store) => store.jobs())).toMatchObject([
        { job: job('z'), state: 'new' },
        { job: job('a'), state: 'queued' },
        { job: job('m'), state: 'error' },
      ]);
    });

    test('tell when they were added and last changed, and how they ended', async () => {
      const location = await fixture.newLocation();
      const began = Date.now();
      const outcome = { startedAt: 1.5, exitCode: 3, message: 'no \0 luck', delivered: ['a'] };
      await withStore(location, async (store) => {
        await store.addJob(job('a'));
        await store.addJob(job('b'));
        const [added] = await store.jobs();
        expect(added).toMatchObject({ outcome: {}, updatedAt: added?.createdAt });
        await store.setJobState('a', 'running', { startedAt: 1 });
        await store.setJobState('a', 'ok', outcome);
        await store.setJobState('a', 'error');
      });
      const [a, b] = await withStore(location, (store) => store.jobs());
      expect([a?.outcome, a?.state, b?.outcome]).toEqual([outcome, 'error', {}]);
      expect(a?.createdAt).toBeGreaterThanOrEqual(began);
      expect(a?.createdAt).toBeLessThanOrEqual(b?.createdAt ?? 0);
      expect(a?.updatedAt).toBeGreaterThanOrEqual(b?.updatedAt ?? Number.POSITIVE_INFINITY);
    });

    test('vanish with their tasks and attempts, and only those, and may come again', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        const tasks = store.taskStore('cluster');
        for (const id of ['a', 'b']) {
          await store.addJob(job(id));
          await tasks.commit([
            { type: 'added', spec: spec(id) },
            { type: 'attempted', attempt: attempt(id, 1) },
          ]);
        }
        await store.removeJob('a', ['a', 'never there']);
        await store.removeJob('a', ['a']);
        expect((await store.jobs()).map(({ job: { id } }) => id)).toEqual(['b']);
        await Promise.all([store.removeJob('b', ['b']), store.addJob(job('b')), store.addJob(job('a'))]);
      });
      await withStore(location, async (store) => {
        expect((await store.jobs()).map(({ job: { id }, state }) => [id, state])).toEqual([
          ['b', 'new'],
          ['a', 'new'],
        ]);
        expect(await store.taskStore('cluster').load()).toEqual([]);
        await expect(Promise.all([store.removeJob('a', []), store.setJobState('a', 'ok')])).rejects.toThrow(
          'the job a is not there',
        );
      });
    });

    test('are all taken, and changed, when many come at once', async () => {
      const ids = Array.from({ length: 300 }, (_, index) => `job-${index}`);
      await withStore(await fixture.newLocation(), async (store) => {
        const outcomes = await Promise.allSettled([
          ...ids.map((id) => store.addJob(job(id))),
          store.addJob(job('job-7')),
          ...ids.map((id) => store.setJobState(id, 'queued')),
        ]);
        expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
        const jobs = await store.jobs();
        expect(jobs.map((one) => one.job.id)).toEqual(ids);
        expect(jobs.every(({ state }) => state === 'queued')).toBe(true);
      });
    });

    test('are refused a second time, and states of jobs that are not there', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        await store.addJob(job('a'));
        await expect(store.addJob(job('a'))).rejects.toMatchObject({ name: 'StoreError', code: 'FAILED' });
        await expect(store.setJobState('b', 'ok')).rejects.toThrow('the job b is not there');
        expect(await store.jobs()).toHaveLength(1);
      });
    });

    test('that were written by somebody else are told of as damaged', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async () => {});
      await fixture.tamper(
        location,
        `INSERT INTO jobs (id, state, document) VALUES ('a', 'new', '{"id": 7}')`,
      );
      await expect(withStore(location, (store) => store.jobs())).rejects.toThrow(
        /a row of the table jobs is damaged: the job is not what it should be: .*expected string.*at id.*$/,
      );
    });

    test('and tasks are refused a state that could not be read again', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        await store.addJob(job('a'));
        const state = 'asleep' as JobState & TaskState;
        await expect(store.setJobState('a', state)).rejects.toThrow('[FAILED]');
        const tasks = store.taskStore('cluster');
        const commit = tasks.commit([
          { type: 'added', spec: spec('a') },
          { type: 'moved', taskId: 'a', state },
        ]);
        await expect(commit).rejects.toThrow('the state of a task is not what it should be');
        expect([await store.jobs(), await tasks.load()]).toMatchObject([
          [{ job: job('a'), state: 'new' }],
          [],
        ]);
      });
    });

    test('have made progress as soon as a task of theirs may be running', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        const tasks = store.taskStore('one');
        await tasks.commit([{ type: 'added', spec: spec('a') }]);
        expect(await store.hasProgress()).toBe(false);
        await tasks.commit([{ type: 'moved', taskId: 'a', state: 'active' }]);
        expect(await store.hasProgress()).toBe(true);
      });
    });
  });

  describe('frameworks', () => {
    test('are one for each cluster, until they are forgotten', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        await store.taskStore('one').commit([{ type: 'registered', frameworkId: 'f1' }]);
        await store.taskStore('two').commit([{ type: 'registered', frameworkId: 'f2' }]);
        await store.taskStore('one').commit([{ type: 'registered', frameworkId: 'f3' }]);
        const ids = async () =>
          await Promise.all(['one', 'two', 'three'].map((cluster) => store.frameworkId(cluster)));
        expect(await ids()).toEqual(['f3', 'f2', undefined]);
        await store.forgetFramework('one');
        expect(await ids()).toEqual([undefined, 'f2', undefined]);
      });
    });

    test('that were lost leave their active tasks stranded, those that were forgotten do not', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        await store.taskStore('one').commit([
          { type: 'registered', frameworkId: 'f1' },
          { type: 'added', spec: spec('a') },
          { type: 'added', spec: spec('b') },
          { type: 'attempted', attempt: attempt('a', 1) },
          { type: 'moved', taskId: 'a', state: 'active' },
        ]);
        expect(await store.strandedTasks('one')).toBe(0);
      });
      await fixture.tamper(location, 'DELETE FROM frameworks');
      await withStore(location, async (store) => {
        expect([await store.strandedTasks('one'), await store.strandedTasks('two')]).toEqual([1, 0]);
        await store.forgetFramework('one');
        expect(await store.strandedTasks('one')).toBe(0);
      });
    });
  });
}
