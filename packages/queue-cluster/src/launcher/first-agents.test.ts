import { expect, it } from 'vitest';
import type { Wanted } from '../pools/news.ts';
import type { PilotView } from '../pools/view.ts';
import { afterFirst, asSaid, noteArrivals, poolsWithFirst, untilFirst } from './first-agents.ts';

const wanted: Wanted = {
  state: 'up',
  at: 7,
  pools: { small: { min: 0, max: 9, first: 3 }, big: { min: 2, max: 4 } },
};

const hour = 3_600_000;
const registered = (...names: readonly string[]): PilotView[] =>
  names.map((name) => ({ name, pool: 'small', phase: 'registered', agentId: `a-${name}`, since: 0 }));

it('keeps the agents with which a pool begins until they have come, and then leaves them to the work', () => {
  expect(untilFirst(wanted).pools).toEqual({ small: { min: 3, max: 9 }, big: { min: 2, max: 4 } });
  const two = noteArrivals(undefined, wanted, registered('a', 'b'), 0);
  expect(poolsWithFirst(wanted, two, 0)).toEqual([]);
  const three = noteArrivals(two, wanted, registered('a', 'b', 'c'), 1);
  expect(poolsWithFirst(wanted, three, 1)).toEqual(['small']);
  const after = afterFirst(wanted, ['small']);
  // At another time paused pools would be tried again.
  expect(after).toEqual({ ...wanted, pools: { small: { min: 0, max: 9 }, big: { min: 2, max: 4 } } });
  expect(poolsWithFirst(after, three, 1)).toEqual([]);
});

it('counts those that have left again before the last one comes, and begins anew when people say it again', () => {
  const two = noteArrivals(undefined, wanted, registered('a', 'b'), 0);
  expect(poolsWithFirst(wanted, noteArrivals(two, wanted, registered('c'), 1), 1)).toEqual(['small']);
  const again = { ...wanted, at: 8 };
  expect(poolsWithFirst(again, noteArrivals(two, again, registered('c'), 1), 1)).toEqual([]);
});

it('has them wait for the others no longer than an hour after the last one came, however long the first takes', () => {
  const none = noteArrivals(undefined, wanted, [], 0);
  expect(poolsWithFirst(wanted, none, 9 * hour)).toEqual([]);
  const one = noteArrivals(none, wanted, registered('a'), 9 * hour);
  const two = noteArrivals(one, wanted, registered('a', 'b'), 9.5 * hour);
  expect(poolsWithFirst(wanted, noteArrivals(two, wanted, registered('a'), 10 * hour), 10 * hour)).toEqual(
    [],
  );
  expect(poolsWithFirst(wanted, two, 10.5 * hour)).toEqual(['small']);
});

it('shows the least that people have said', () => {
  const phases = { intended: 0, queued: 0, started: 0, registered: 0, leaving: 0, ended: 0 };
  const pools = ['small', 'big'].map((name) => ({ name, min: 3, max: 9, desired: 0, waits: [], phases }));
  expect(asSaid(wanted, pools).map(({ min }) => min)).toEqual([0, 3]);
});
