import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DelayLine } from './delay-line.ts';
import { EventQueue } from './event-queue.ts';
import { VirtualTime } from './virtual-time.ts';

describe('an event queue', () => {
  it('gives out what is earliest, and what went in first of what is due together', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 20 }))), (script) => {
        const queue = new EventQueue<number>();
        const expected: { time: number; item: number }[] = [];
        for (const [item, time] of script.entries()) {
          if (time === null) {
            // A stable sort keeps the order of what is due together.
            expected.sort((a, b) => a.time - b.time);
            expect(queue.nextTime).toBe(expected[0]?.time ?? Number.POSITIVE_INFINITY);
            expect(queue.pop()).toBe(expected.shift()?.item);
          } else {
            queue.push(time, item);
            expected.push({ time, item });
          }
          expect(queue.length).toBe(expected.length);
        }
      }),
    );
  });
});

describe('virtual time', () => {
  it('stands at the moment of what happens, and passes no further than it is told', () => {
    const time = new VirtualTime();
    const seen: [string, number][] = [];
    time.after(30, () => seen.push(['late', time.now]));
    time.after(10, () => {
      seen.push(['early', time.now]);
      time.after(5, () => seen.push(['caused', time.now]));
    });
    time.cancellable(12, () => seen.push(['cancelled', time.now]))();
    time.advance(20);
    expect(seen).toEqual([
      ['early', 10],
      ['caused', 15],
    ]);
    expect(time.now).toBe(20);
    time.advance(10);
    expect(seen.at(-1)).toEqual(['late', 30]);
  });

  it('lets what goes through a delay line happen as if each had been planned by itself', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 50 });
    fc.assert(
      fc.property(delays, fc.integer({ min: 0, max: 4 }), (pauses, delay) => {
        const time = new VirtualTime();
        const line = new DelayLine(time, delay);
        const seen: [number, number][] = [];
        const expected: [number, number][] = [];
        let at = 0;
        for (const [item, pause] of pauses.entries()) {
          at += pause;
          expected.push([item, at + delay]);
          time.after(at, () => line.push(() => seen.push([item, time.now])));
        }
        time.advance(at + delay);
        expect(seen).toEqual(expected);
      }),
    );
  });
});
