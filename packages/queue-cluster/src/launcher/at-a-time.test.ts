import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { AtATime } from './at-a-time.ts';

it('runs so many things at once and no more, in their order, those too that come after a failure', async () => {
  const line = new AtATime(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const things = Array.from({ length: 20 }, (_, index) =>
    line.run(async () => {
      begun.push(index);
      most = Math.max(most, ++running);
      await turn();
      running -= 1;
      if (index % 2 === 0) throw new Error('no');
      return index;
    }),
  );
  const results = await Promise.allSettled(things);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(most).toBe(3);
});
