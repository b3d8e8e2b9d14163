import { describe, expect, test } from 'vitest';
import { job, type StoreFixture, spec, withStore } from './store-fixture.ts';

const event = (name: string) => ({ jobId: 'a', time: 1.5, document: { type: 'job', name } });

/** What every store does with events, and with what doors remember. */
export function testEvents(fixture: StoreFixture): void {
  describe('events', () => {
    test('are numbered without a gap, in the order in which they were given, over all openings', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        expect(await store.lastEvent()).toBe(0);
        const numbers = await Promise.all([
          store.appendEvents([event('1'), event('2')]),
          store.appendEvents([]),
          store.appendEvents([event('3')]),
        ]);
        expect(numbers).toEqual([[1, 2], [], [3]]);
      });
      await withStore(location, async (store) => {
        expect(await store.appendEvents([event('4')])).toEqual([4]);
        expect(await store.eventsAfter(1, 2)).toEqual([
          { sequence: 2, ...event('2') },
          { sequence: 3, ...event('3') },
        ]);
        expect(await store.eventsAfter(4, 10)).toEqual([]);
        expect(await store.lastEvent()).toBe(4);
      });
    });

    test('that are refused, and changes that are refused beside them, leave no gap', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        await store.addJob(job('a'));
        const outcomes = await Promise.allSettled([
          store.appendEvents([event('1')]),
          store.appendEvents([{ ...event('x'), document: undefined }]),
          store.appendEvents([{ ...event('x'), jobId: 'a\0b' }]),
          store.addJob(job('a')),
          store.taskStore('cluster').commit([{ type: 'added', spec: spec('a') }]),
          store.appendEvents([event('2'), event('3')]),
        ]);
        expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
          ...[true, false, false, false],
          ...[true, true],
        ]);
        const kept = await store.eventsAfter(0, 10);
        expect(kept.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
        expect(kept.map(({ document }) => document)).toEqual(
          ['1', '2', '3'].map((name) => event(name).document),
        );
      });
    });

    test('that are forgotten take their numbers with them', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        await store.appendEvents(Array.from({ length: 10 }, (_, index) => event(String(index))));
        await store.pruneEvents(100);
        expect(await store.eventsAfter(0, 100)).toHaveLength(10);
        await store.pruneEvents(3);
        expect((await store.eventsAfter(0, 100)).map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
        await store.pruneEvents(0);
      });
      await withStore(location, async (store) => {
        expect(await store.appendEvents([event('11')])).toEqual([11]);
        expect((await store.eventsAfter(0, 100)).map(({ sequence }) => sequence)).toEqual([10, 11]);
      });
    });
  });

  describe('what doors remember', () => {
    test('is there again, by kind and in order, with the last value of each key', async () => {
      const location = await fixture.newLocation();
      await withStore(location, async (store) => {
        const pulsar = store.records('pulsar');
        await pulsar.put('z', { a: 1 });
        await pulsar.put('a', [null, 'half \uD800', '\0']);
        await store.records('api').put('z', 'other');
        await pulsar.put('gone', true);
        await pulsar.put('z', { a: 2 });
        await pulsar.delete('gone');
        await pulsar.delete('never there');
      });
      await withStore(location, async (store) => {
        expect(await store.records('pulsar').load()).toEqual([
          { key: 'z', value: { a: 2 } },
          { key: 'a', value: [null, 'half \uD800', '\0'] },
        ]);
        expect(await store.records('api').load()).toEqual([{ key: 'z', value: 'other' }]);
        expect(await store.records('nothing').load()).toEqual([]);
      });
    });

    test('comes last again when it was deleted and put anew, also in one turn', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        const records = store.records('pulsar');
        await Promise.all([records.put('a', 1), records.put('b', 2)]);
        await Promise.all([
          records.delete('a'),
          records.put('a', 3),
          records.put('c', 4),
          records.delete('c'),
        ]);
        expect(await records.load()).toEqual([
          { key: 'b', value: 2 },
          { key: 'a', value: 3 },
        ]);
      });
    });

    test('is refused if it could not be read again', async () => {
      await withStore(await fixture.newLocation(), async (store) => {
        const records = store.records('pulsar');
        await expect(records.put('a', undefined)).rejects.toThrow(
          'the record a is nothing that JSON can say',
        );
        await expect(records.put('a\0', 1)).rejects.toMatchObject({ code: 'FAILED' });
        expect(await records.load()).toEqual([]);
      });
    });
  });
}
