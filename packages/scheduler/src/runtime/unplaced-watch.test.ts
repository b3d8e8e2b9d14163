import { describe, expect, test } from 'vitest';
import { UnplacedWatch } from './unplaced-watch.ts';

describe('UnplacedWatch', () => {
  test('looks for what can never run after a second, and at all when nothing was placed for long enough', () => {
    const watch = new UnplacedWatch(10);
    watch.note(true, false, 0);
    expect([watch.nextDue, watch.look(999)]).toEqual([1000, 'nothing']);
    expect(watch.look(1000)).toBe('impossible');
    expect(watch.nextDue).toBe(10_000);
    expect(watch.look(10_000)).toBe('all');
    expect(watch.nextDue).toBe(20_000);
  });

  test('begins anew when something was placed', () => {
    const watch = new UnplacedWatch(10);
    watch.note(true, false, 0);
    watch.note(true, true, 9000);
    expect(watch.look(10_000)).toBe('impossible');
    expect(watch.look(18_999)).toBe('nothing');
    expect(watch.look(19_000)).toBe('all');
  });

  test('has nothing to look at while nothing waits', () => {
    const watch = new UnplacedWatch(10);
    watch.note(true, false, 0);
    watch.note(false, true, 500);
    expect(watch.nextDue).toBe(Number.POSITIVE_INFINITY);
    expect(watch.look(99_999)).toBe('nothing');
  });

  test('tells each thing once, unless it has become another', () => {
    const watch = new UnplacedWatch(10);
    watch.note(true, false, 0);
    expect(watch.isNews('a', 'waiting')).toBe(true);
    expect(watch.isNews('a', 'waiting')).toBe(false);
    expect(watch.isNews('a', 'impossible')).toBe(true);
    expect(watch.isNews('b', 'waiting')).toBe(true);
    watch.note(false, false, 1);
    expect(watch.isNews('a', 'impossible')).toBe(true);
  });
});
