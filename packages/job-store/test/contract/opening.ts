import { openJobStore, StoreError } from '@galaxy-mesos/job-store';
import { describe, expect, test } from 'vitest';
import { attempt, job, type StoreFixture, spec, withStore } from './store-fixture.ts';

/** Who has a store open, and in which version. */
export function testOpening(fixture: StoreFixture): void {
  describe('opening', () => {
    test('is refused while somebody else has it open, in the same process, too', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        const second = openJobStore(location);
        await expect(second).rejects.toMatchObject({ code: 'LOCKED', location: store.location });
      });
      await withStore(location, async () => {});
    });

    test('begins a higher term each time', async () => {
      const location = await fixture.newLocation();
      const terms: number[] = [];
      for (let time = 0; time < 3; time++)
        await withStore(location, async (store) => void terms.push(store.term));
      expect(terms).toEqual([1, 2, 3]);
    });

    test('waits, if it is to, and says for what, and leads once the store is closed', async () => {
      const location = await fixture.newLocation();
      const first = await openJobStore(location);
      const { promise: waiting, resolve: onWaiting } = Promise.withResolvers<StoreError>();
      const second = openJobStore(location, { wait: true, onWaiting });
      expect(await waiting).toMatchObject({ code: 'LOCKED' });
      await first.taskStore('cluster').commit([{ type: 'added', spec: spec('a') }]);
      await first.close();
      const store = await second;
      expect(await store.taskStore('cluster').load()).toHaveLength(1);
      await store.close();
    });

    test('waits no more once it is told so, and leaves nothing open', async () => {
      const location = await fixture.newLocation();
      const first = await openJobStore(location);
      const abort = new AbortController();
      const second = openJobStore(location, {
        wait: true,
        signal: abort.signal,
        onWaiting: () => abort.abort(new Error('enough')),
      });
      await expect(second).rejects.toThrow('enough');
      await first.close();
      await withStore(location, async () => {});
    });

    test('brings the store of every older version to this one', async () => {
      for (let steps = 0; steps <= fixture.steps; steps++) {
        const location = await fixture.newLocation();
        await fixture.makeOld(location, steps);
        for (const id of ['a', 'b']) {
          await withStore(location, async (store) => {
            const tasks = store.taskStore('cluster');
            await tasks.commit([
              { type: 'added', spec: spec(id) },
              { type: 'attempted', attempt: attempt(id, 1) },
              { type: 'registered', frameworkId: id },
            ]);
            await store.addJob(job(id));
            await store.setJobState(id, 'queued');
          });
        }
        await withStore(location, async (store) => {
          const records = await store.taskStore('cluster').load();
          expect(records.map(({ attempts }) => attempts)).toEqual([[attempt('a', 1)], [attempt('b', 1)]]);
          expect((await store.jobs()).map(({ state }) => state)).toEqual(['queued', 'queued']);
          expect(await store.frameworkId('cluster')).toBe('b');
        });
      }
    });

    test('is refused for a store of a later version, which is named', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async () => {});
      await fixture.tamper(location, fixture.setVersion(99));
      const opening = openJobStore(location);
      await expect(opening).rejects.toMatchObject({ code: 'TOO_NEW' });
      await expect(opening).rejects.toThrow(/schema 99, known here: \d/);
      await expect(opening).rejects.toBeInstanceOf(StoreError);
    });
  });
}
