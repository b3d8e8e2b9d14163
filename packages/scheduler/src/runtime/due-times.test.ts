import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DueTimes } from './due-times.ts';

describe('DueTimes', () => {
  test('answers what is due, the first first, and each once', () => {
    const times = new DueTimes();
    times.set('b', 2);
    times.set('a', 1);
    times.set('c', 3);
    expect(times.next).toBe(1);
    expect(times.take(2)).toEqual(['a', 'b']);
    expect(times.take(2)).toEqual([]);
    expect(times.next).toBe(3);
  });

  test('is what a plain table would answer, whatever is set, changed and taken out', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const at = fc.constantFrom(1, 2, 3, 4, 5, Number.POSITIVE_INFINITY);
    const step = fc.record({
      what: fc.constantFrom('set' as const, 'delete' as const, 'take' as const),
      key,
      at,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const times = new DueTimes();
        const plain = new Map<string, number>();
        const doBoth = {
          set: (name: string, time: number) => [times.set(name, time), plain.set(name, time)],
          delete: (name: string, _time: number) => [times.delete(name), plain.delete(name)],
          take: (_name: string, time: number) => {
            const due = [...plain].filter(([, dueAt]) => dueAt <= time).map(([name]) => name);
            for (const name of due) plain.delete(name);
            expect(times.take(time).sort()).toEqual(due.sort());
          },
        };
        for (const { what, key, at } of steps) {
          doBoth[what](key, what === 'take' ? Math.min(at, 5) : at);
          const finite = [...plain.values()].filter(Number.isFinite);
          expect(times.next).toBe(Math.min(...finite));
        }
      }),
    );
  });

  test('hold little more than what is still waited for, however often times are changed', () => {
    const due = new DueTimes();
    for (let time = 0; time < 100_000; time++) {
      due.set(`key-${time}`, 1e9 + time);
      if (time % 10 !== 0) due.delete(`key-${time}`);
    }
    expect(due.held).toBeLessThanOrEqual(2 * due.size + 1);
    expect(due.take(1e9 + 10)).toEqual(['key-0', 'key-10']);
  });

  test('give no more at a time than they are asked for', () => {
    const due = new DueTimes();
    for (const [index, key] of ['a', 'b', 'c'].entries()) due.set(key, index);
    expect([due.take(5, 2), due.take(5, 2)]).toEqual([['a', 'b'], ['c']]);
  });
});
