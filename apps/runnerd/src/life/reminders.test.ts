import { describe, expect, it } from 'vitest';
import { Reminders } from './reminders.ts';

const minute = 60_000;

describe('Reminders', () => {
  it('are due at once, and then ever more rarely, but at least once an hour', () => {
    let now = 0;
    const reminders = new Reminders(() => now);
    const due: number[] = [];
    for (; now < 300 * minute; now += minute) if (reminders.isDue('no route')) due.push(now / minute);
    expect(due).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  it('tell something new at once, and the same again as if it were new once the trouble was over', () => {
    const reminders = new Reminders(() => 0);
    expect(['a', 'b', 'a'].map((word) => reminders.isDue(word))).toEqual([true, true, false]);
    reminders.clear();
    expect(reminders.isDue('a')).toBe(true);
  });

  it('are not more for words that differ each time', () => {
    const reminders = new Reminders(() => 0);
    const told = Array.from({ length: 1000 }, (_, index) => reminders.isDue(`port ${index}`));
    expect(told.filter(Boolean)).toHaveLength(20);
  });
});
