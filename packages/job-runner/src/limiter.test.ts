import { untilIdle } from '@galaxy-mesos/scheduler/testing';
import { describe, expect, test } from 'vitest';
import { Limiter } from './limiter.ts';

const never = new AbortController().signal;

describe('a limiter', () => {
  test('lets so many work at a time, in the order in which they came', async () => {
    const limiter = new Limiter(2);
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const begun: number[] = [];
    const all = gates.map((gate, index) =>
      limiter.run(() => {
        begun.push(index);
        return gate.promise;
      }, never),
    );
    await untilIdle();
    expect(begun).toEqual([0, 1]);
    gates[1]?.resolve();
    await untilIdle();
    expect(begun).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await Promise.all(all);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  test('goes on after work that failed', async () => {
    const limiter = new Limiter(1);
    await expect(limiter.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
    expect(await limiter.run(async () => 'yes', never)).toBe('yes');
  });

  test('lets whoever is aborted leave the line, and keeps its place for no one', async () => {
    const limiter = new Limiter(1);
    const gate = Promise.withResolvers<void>();
    const first = limiter.run(() => gate.promise, never);
    const abort = new AbortController();
    const second = limiter.run(async () => 'second', abort.signal);
    const third = limiter.run(async () => 'third', never);
    abort.abort(new Error('not wanted'));
    await expect(second).rejects.toThrow('not wanted');
    gate.resolve();
    await first;
    expect(await third).toBe('third');
    expect(await limiter.run(async () => 'fourth', never)).toBe('fourth');
    await expect(limiter.run(async () => '', abort.signal)).rejects.toThrow('not wanted');
  });
});
