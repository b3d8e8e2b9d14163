import { describe, expect, test } from 'vitest';
import { aTask } from '../testing/core-fixture.ts';
import { type ReadyTask, WaitingTasks } from './waiting-tasks.ts';

let sequence = 0;
const spec = (id: string, cpus = 1): ReadyTask => {
  const task = aTask(id, { resources: { cpus, mem: 1, disk: 0 } });
  return { spec: task, resources: task.resources, sequence: sequence++, since: 0 };
};

const idsOf = (waiting: WaitingTasks): string[][] =>
  waiting.classes.map(({ tasks }) => tasks.map(({ id }) => id));

describe('WaitingTasks', () => {
  test('keeps tasks that ask for the same together, in the order in which they came', () => {
    const waiting = new WaitingTasks();
    for (const task of [spec('a'), spec('b', 2), spec('c')]) waiting.add(task);
    expect(idsOf(waiting)).toEqual([['a', 'c'], ['b']]);
  });

  test('a delayed task waits, but cannot be launched before its time', () => {
    const waiting = new WaitingTasks();
    waiting.addDelayed(spec('a'), 100);
    waiting.addDelayed(spec('b'), 50);
    expect([waiting.any, waiting.nextDue]).toEqual([true, 50]);
    waiting.release(99);
    expect([idsOf(waiting), waiting.nextDue]).toEqual([[['b']], 100]);
    waiting.release(100);
    expect(idsOf(waiting)).toEqual([['b', 'a']]);
    expect(waiting.nextDue).toBe(Number.POSITIVE_INFINITY);
  });

  test('takes out what was placed, and classes with it that are empty then', () => {
    const waiting = new WaitingTasks();
    for (const task of [spec('a'), spec('b', 2), spec('c')]) waiting.add(task);
    waiting.removePlaced(new Set(['a', 'b']));
    expect(idsOf(waiting)).toEqual([['c']]);
    waiting.removePlaced(new Set(['c']));
    expect(waiting.any).toBe(false);
  });

  test('takes out one class and leaves the others', () => {
    const waiting = new WaitingTasks();
    for (const task of [spec('a'), spec('b', 2)]) waiting.add(task);
    const [first] = waiting.classes;
    if (first) waiting.removeClass(first);
    expect(idsOf(waiting)).toEqual([['b']]);
  });

  test('clearing takes out delayed tasks, too', () => {
    const waiting = new WaitingTasks();
    waiting.add(spec('a'));
    waiting.addDelayed(spec('b'), 50);
    waiting.clear();
    expect(waiting.any).toBe(false);
  });
});
