import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';

const ascending = (a: number, b: number): boolean => a < b;

const drained = (heap: Heap<number>): number[] => {
  const items: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) items.push(item);
  return items;
};

describe('Heap', () => {
  it('gives back in order what it was given, at once or one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (atOnce, later) => {
        const heap = new Heap(ascending, [...atOnce]);
        for (const item of later) heap.push(item);
        expect(drained(heap)).toEqual([...atOnce, ...later].sort((a, b) => a - b));
      }),
    );
  });

  it('puts a replaced first item where it belongs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer(), (items, item) => {
        const heap = new Heap(ascending, [...items]);
        heap.replaceFirst(item);
        const [, ...rest] = [...items].sort((a, b) => a - b);
        expect(drained(heap)).toEqual([...rest, item].sort((a, b) => a - b));
      }),
    );
  });

  it('lets a first item sink that was changed where it is', () => {
    const items = [{ at: 1 }, { at: 2 }, { at: 3 }];
    const heap = new Heap<{ at: number }>((a, b) => a.at < b.at, items);
    const first = heap.peek();
    if (first) first.at = 5;
    heap.firstChanged();
    expect([heap.pop()?.at, heap.pop()?.at, heap.pop()?.at, heap.pop()]).toEqual([2, 3, 5, undefined]);
  });
});
