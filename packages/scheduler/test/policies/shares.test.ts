import { describe, expect, test } from 'vitest';
import { Town } from './town.ts';

/** So many tasks of each of these that more wait than there is room for. */
function crowded(
  town: Town,
  whose: readonly { user?: string; queue?: string; cpus?: number }[],
  count = 40,
): void {
  for (const [kind, task] of whose.entries()) {
    for (let index = 0; index < count; index++) town.add(`${kind}-${index}`, task);
  }
}

/** How many tasks of each kind run. */
const counts = (town: Town, kinds: number): number[] => {
  const running = Object.keys(town.running);
  return Array.from({ length: kinds }, (_, kind) => running.filter((id) => id.startsWith(`${kind}-`)).length);
};

describe('weighted dominant-resource fairness', () => {
  test('divides the cluster among users by their weights, whoever came first and with however many tasks', () => {
    const town = new Town({ x: { cpus: 15 }, y: { cpus: 15 } }, { users: { ann: { weight: 2 } } });
    crowded(town, [{ user: 'ben' }, { user: 'ann' }]);
    town.pass();
    expect(counts(town, 2)).toEqual([10, 20]);
  });

  test('divides it among queues first, then among the users of each', () => {
    const town = new Town({ x: { cpus: 32 } }, { queues: { long: { weight: 3 } } });
    crowded(town, [
      { queue: 'long', user: 'ann' },
      { queue: 'long', user: 'ben' },
      { queue: 'short', user: 'ann' },
    ]);
    town.pass();
    expect(counts(town, 3)).toEqual([12, 12, 8]);
  });

  test('counts for each user what he has most of: cores of one, memory of another', () => {
    const town = new Town({ x: { cpus: 9, mem: 18_000 } });
    for (let index = 0; index < 20; index++) {
      town.add(`0-${index}`, { user: 'ann', resources: { cpus: 1, mem: 4000, disk: 0 } });
      town.add(`1-${index}`, { user: 'ben', resources: { cpus: 3, mem: 1000, disk: 0 } });
    }
    town.pass();
    // The example that everybody knows who has read of dominant shares: two thirds of what each wants most.
    expect(counts(town, 2)).toEqual([3, 2]);
  });

  test('counts what ran before: who comes later gets what becomes free until he has as much', () => {
    const town = new Town({ x: { cpus: 8 } });
    crowded(town, [{ user: 'ann' }], 20);
    town.pass();
    crowded(town, [{}, { user: 'ben' }], 0);
    for (let index = 0; index < 20; index++) town.add(`1-${index}`, { user: 'ben' });
    for (let index = 0; index < 4; index++) town.end(`0-${index}`);
    town.pass();
    expect(counts(town, 2)).toEqual([4, 4]);
  });
});

describe('quotas', () => {
  test('hold for a queue in amounts, and for a user in tasks, over all queues', () => {
    const town = new Town(
      { x: { cpus: 64 } },
      { queues: { tests: { quota: { cpus: 6 } } }, users: { ann: { quota: { tasks: 5 } } } },
    );
    crowded(
      town,
      [
        { queue: 'tests', user: 'ben', cpus: 2 },
        { queue: 'a', user: 'ann' },
        { queue: 'b', user: 'ann' },
      ],
      9,
    );
    town.pass();
    const [tests = 0, a = 0, b = 0] = counts(town, 3);
    expect([tests, a + b]).toEqual([3, 5]);
  });

  test('leave room again when a task has ended', () => {
    const town = new Town({ x: { cpus: 8 } }, { queues: { q: { quota: { tasks: 1 } } } });
    crowded(town, [{ queue: 'q' }], 2);
    town.pass();
    expect(Object.keys(town.running)).toEqual(['0-0']);
    town.end('0-0');
    town.pass();
    expect(Object.keys(town.running)).toEqual(['0-1']);
  });

  test.each(['gang', 'group'] as const)('count each task of a %s', (union) => {
    const town = new Town({ x: { cpus: 8 } }, { queues: { q: { quota: { tasks: 3 } } } });
    const together = (size: number) => {
      const id = `${size} together`;
      for (let index = 0; index < size; index++)
        town.add(`${id}, ${index}`, { queue: 'q', [union]: { id, size } });
    };
    together(4);
    town.pass();
    expect(town.running).toEqual({});
    together(3);
    together(1);
    town.pass();
    expect(Object.keys(town.running)).toEqual(['3 together, 0', '3 together, 1', '3 together, 2']);
    town.end('3 together, 0');
    town.pass();
    expect(Object.keys(town.running)).toContain('1 together, 0');
  });
});

describe('priorities', () => {
  test('decide among the tasks of one user', () => {
    const town = new Town({ x: { cpus: 1 } });
    for (const priority of [1, 3, 2]) town.add(`p${priority}`, { priority, runs: 1 });
    town.passUntil(() => town.started.size === 3, 9);
    expect([...town.started.keys()]).toEqual(['p3', 'p2', 'p1']);
  });

  test('count less than what waiting adds, in the end', () => {
    const order = (ageing: number): string | undefined => {
      const town = new Town({ x: { cpus: 1 } }, { ageing });
      town.add('first', { runs: 20 });
      town.pass();
      town.add('patient', { runs: 1 });
      town.passUntil(() => false, 15);
      town.add('urgent', { runs: 1, priority: 1 });
      town.passUntil(() => town.started.size === 3, 30);
      return [...town.started.keys()][1];
    };
    expect([10, 60, Number.POSITIVE_INFINITY].map(order)).toEqual(['patient', 'urgent', 'urgent']);
  });
});
