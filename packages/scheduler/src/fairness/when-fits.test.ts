import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTenancy, withTenants } from './amounts.ts';
import { fitsBy, fitsSooner, type OccupiedAgent, whenFits } from './when-fits.ts';

const attempt = (id: string, cores: number, expectedEnd?: number) => ({
  id,
  resources: [cores],
  expectedEnd,
});

const agent = (free: number, attempts: OccupiedAgent['attempts'], total?: number): OccupiedAgent => ({
  id: 'a',
  free: [free],
  attempts,
  ...(total !== undefined && { total: [total] }),
});

describe('whenFits', () => {
  it('is now where enough is free', () => {
    expect(whenFits([2], agent(3, []), 100)).toEqual({ from: 100, waitsFor: 0, spare: [1] });
  });

  it('is when enough attempts will have ended, the first to end first', () => {
    const attempts = [attempt('x', 4, 900), attempt('y', 1, 300), attempt('z', 1, 200)];
    expect(whenFits([2], agent(0, attempts), 100)).toEqual({ from: 300, waitsFor: 2, spare: [0] });
    expect(whenFits([3], agent(0, attempts), 100)).toEqual({ from: 900, waitsFor: 3, spare: [3] });
  });

  it('is unknown where it takes the end of what nobody knows the end of, or of what belongs to others', () => {
    const attempts = [attempt('x', 1), attempt('y', 1, 500)];
    expect(whenFits([2], agent(0, attempts), 100)?.from).toBe(Number.POSITIVE_INFINITY);
    expect(whenFits([3], agent(0, attempts, 4), 100)?.from).toBe(Number.POSITIVE_INFINITY);
  });

  it('is when the last attempt has ended for one that wants the agent for itself, which leaves nothing to others', () => {
    const occupied = (attempts: number): OccupiedAgent => ({
      id: 'a',
      free: withTenants([6, 0, 0, 0], attempts),
      total: withTenancy([8, 0, 0, 0]),
      attempts: Array.from({ length: attempts }, (_, index) => ({
        id: `t${index}`,
        resources: withTenancy([1, 0, 0, 0]),
        expectedEnd: 500 + index,
      })),
    });
    const wanted = withTenancy([2, 0, 0, 0]);
    expect(whenFits(wanted, occupied(2), 100)).toEqual({ from: 501, waitsFor: 2, spare: [] });
    expect(fitsBy(wanted, occupied(2), 500, 100)).toBe(false);
    expect(whenFits(wanted, occupied(0), 100)).toEqual({ from: 100, waitsFor: 0, spare: [] });
    expect(whenFits([2, 0, 0, 0], occupied(2), 100)).toMatchObject({ from: 100, waitsFor: 0 });
  });

  it('is never where the agent is too small, or nobody knows of more', () => {
    const attempts = [attempt('x', 1, 500)];
    expect(whenFits([5], agent(1, attempts, 4), 100)).toBeUndefined();
    expect(whenFits([3], agent(1, attempts), 100)).toBeUndefined();
  });

  it('takes an attempt that is late to be late by as much again', () => {
    expect(whenFits([1], agent(0, [attempt('x', 1, 400)]), 1000)?.from).toBe(1600);
  });
});

describe('fitsBy', () => {
  it('agrees with whenFits', () => {
    const amounts = fc.tuple(fc.nat(6), fc.nat(6));
    const attempts = fc.array(
      fc.record({ resources: amounts, expectedEnd: fc.option(fc.nat(20), { nil: undefined }) }),
      { maxLength: 6 },
    );
    const by = fc.oneof(fc.nat(30), fc.constant(Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(amounts, amounts, attempts, by, (wanted, free, given, moment) => {
        const now = 5;
        const on = { id: 'a', free, attempts: given.map((fields, index) => ({ ...fields, id: `${index}` })) };
        const from = whenFits(wanted, on, now)?.from ?? Number.NaN;
        expect(fitsBy(wanted, on, Math.max(moment, now), now)).toBe(from <= Math.max(moment, now));
      }),
    );
  });
});

describe('fitsSooner', () => {
  it('prefers what fits sooner, then what waits for fewer attempts, then the lower id', () => {
    const on = (agentId: string, from: number, waitsFor: number) => ({
      agentId,
      fit: { from, waitsFor, spare: [] },
    });
    expect(fitsSooner(on('b', 1, 9), on('a', 2, 1))).toBe(true);
    expect(fitsSooner(on('b', 2, 1), on('a', 2, 2))).toBe(true);
    expect(fitsSooner(on('a', 2, 2), on('b', 2, 2))).toBe(true);
    expect(fitsSooner(on('b', 2, 2), on('a', 2, 2))).toBe(false);
  });
});
