import { describe, expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  test('calls back in the order of time, at the time that was asked for', async () => {
    const clock = new ManualClock();
    const calls: [string, number][] = [];
    clock.after(2000, () => calls.push(['late', clock.elapsed()]));
    clock.after(1000, () => {
      calls.push(['early', clock.elapsed()]);
      clock.after(500, () => calls.push(['between', clock.elapsed()]));
    });
    await clock.advance(3);
    expect(calls).toEqual([
      ['early', 1000],
      ['between', 1500],
      ['late', 2000],
    ]);
    expect(clock.elapsed()).toBe(3000);
  });

  test('does not call back what was cancelled or is not due', async () => {
    const clock = new ManualClock();
    const calls: string[] = [];
    clock.after(1000, () => calls.push('cancelled'))();
    clock.after(1001, () => calls.push('later'));
    await clock.advance(1);
    expect(calls).toEqual([]);
    expect(clock.timers).toBe(1);
  });
});
