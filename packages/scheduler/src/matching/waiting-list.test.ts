import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyList, WaitingTasks } from './waiting-list.ts';

type Model = Map<string, { readonly list: number; readonly sequence: number }>;

/** What a step comes to: a task that waits already stays where it is. */
function change(model: Model, list: number, sequence: number, isIn: boolean): void {
  const id = `task-${sequence}`;
  if (!isIn) model.delete(id);
  else if (!model.has(id)) model.set(id, { list, sequence });
}

describe('WaitingTasks', () => {
  test('keeps lists in the order in which tasks came, whenever they are put in or taken out', () => {
    const step = fc.record({ list: fc.nat(2), sequence: fc.nat(60), isIn: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const tasks = new WaitingTasks();
        const lists = [emptyList(), emptyList(), emptyList()];
        const model: Model = new Map();
        for (const { list, sequence, isIn } of steps) {
          if (isIn) tasks.add(lists[list] ?? emptyList(), { id: `task-${sequence}`, sequence, since: 0 });
          else tasks.remove(`task-${sequence}`);
          change(model, list, sequence, isIn);
        }
        for (const [number, list] of lists.entries()) {
          const expected = [...model].filter(([, task]) => task.list === number);
          const ids = expected.sort(([, a], [, b]) => a.sequence - b.sequence).map(([id]) => id);
          expect([...tasks.ids(list)]).toEqual(ids);
          expect([list.count, tasks.first(list)?.id]).toEqual([ids.length, ids[0]]);
        }
        expect(tasks.size).toBe(model.size);
      }),
    );
  });

  test('grows beyond its first size', () => {
    const tasks = new WaitingTasks();
    const list = emptyList();
    for (let sequence = 0; sequence < 5000; sequence++)
      tasks.add(list, { id: `${sequence}`, sequence, since: 0 });
    expect([...tasks.ids(list)].slice(-1)).toEqual(['4999']);
  });
});
