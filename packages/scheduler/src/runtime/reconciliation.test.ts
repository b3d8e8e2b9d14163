import { describe, expect, test } from 'vitest';
import { Reconciliation } from './reconciliation.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `attempt-${index}`);

describe('Reconciliation', () => {
  test('asks at once, and again at growing intervals up to a minute, until there is news', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add('a', 0);
    const asked: number[] = [];
    for (let now = 0; now <= 200_000; now += 1000) if (reconciliation.due(now).length > 0) asked.push(now);
    expect(asked).toEqual([0, 5000, 15_000, 35_000, 75_000, 135_000, 195_000]);
    reconciliation.heard('a');
    expect(reconciliation.nextDue).toBe(Number.POSITIVE_INFINITY);
    expect(reconciliation.due(1e9)).toEqual([]);
  });

  test('does not ask again for those that were heard of', () => {
    const reconciliation = new Reconciliation();
    for (const id of ['a', 'b']) reconciliation.add(id, 0);
    expect(reconciliation.due(0)).toEqual(['a', 'b']);
    reconciliation.heard('a');
    expect(reconciliation.due(5000)).toEqual(['b']);
  });

  test('one that is added does not make it ask for the others earlier', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add('a', 0);
    reconciliation.due(0);
    reconciliation.add('b', 1000);
    expect(reconciliation.nextDue).toBe(1000);
    expect(reconciliation.due(1000)).toEqual(['b']);
    expect(reconciliation.due(5000)).toEqual(['a']);
  });

  test('adding one that is being asked for changes nothing', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add('a', 0);
    reconciliation.due(0);
    reconciliation.add('a', 1000);
    expect(reconciliation.due(4999)).toEqual([]);
    expect(reconciliation.due(5000)).toEqual(['a']);
  });

  test('asks for very many in batches, each once', () => {
    const reconciliation = new Reconciliation();
    for (const id of ids(2500)) reconciliation.add(id, 0);
    const batches: string[][] = [];
    while (batches.flat().length < 2500) {
      const now = reconciliation.nextDue;
      expect(now).toBe(batches.length * 100);
      batches.push(reconciliation.due(now));
    }
    expect(batches.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(new Set(batches.flat()).size).toBe(2500);
  });

  test('asks for nothing once nobody can be asked any more', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add('a', 0);
    reconciliation.end();
    expect([reconciliation.isBusy, reconciliation.due(1e9)]).toEqual([false, []]);
    reconciliation.add('a', 2e9);
    expect(reconciliation.due(2e9)).toEqual(['a']);
  });

  test('draws those of a round when it is their turn, and asks for each once', () => {
    const reconciliation = new Reconciliation();
    reconciliation.add('attempt-3', 0);
    expect(reconciliation.due(0)).toEqual(['attempt-3']);
    let drawn = 0;
    const all = function* () {
      for (const id of ids(2500)) {
        drawn++;
        yield id;
      }
    };
    reconciliation.begin(all());
    expect([drawn, reconciliation.isBusy, reconciliation.nextDue]).toEqual([0, true, 100]);
    const asked = [reconciliation.due(100), reconciliation.due(200), reconciliation.due(300)];
    expect(asked.map(({ length }) => length)).toEqual([1000, 1000, 499]);
    expect(asked.flat()).not.toContain('attempt-3');
    for (const id of ids(2500)) reconciliation.heard(id);
    expect([reconciliation.isBusy, reconciliation.nextDue]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  test('asks for all of a round before it asks for any again', () => {
    const reconciliation = new Reconciliation();
    reconciliation.begin(ids(60_000));
    const asked: string[] = [];
    for (let batch = 0; batch < 60; batch++) asked.push(...reconciliation.due(batch * 100));
    expect(new Set(asked).size).toBe(60_000);
  });
});
