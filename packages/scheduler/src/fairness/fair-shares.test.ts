import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShares } from './fair-shares.ts';

const total = { cpus: 100, mem: 1000, disk: 10_000, gpus: 4 };
const anna = { queue: 'day', user: 'anna' };
const boris = { queue: 'day', user: 'boris' };

const sharesOf = (policy: Partial<ConstructorParameters<typeof FairShares>[0]> = {}): FairShares => {
  const shares = new FairShares({ queues: {}, users: {}, ...policy });
  shares.setTotal(total);
  return shares;
};

describe('FairShares', () => {
  it('takes for the share of a user the largest part of the cluster that the user has of anything', () => {
    const shares = sharesOf();
    shares.charge(anna, { cpus: 10, mem: 200, disk: 0 });
    expect(shares.share(anna)).toBeCloseTo(0.2, 12);
    shares.charge(anna, { cpus: 1, mem: 0, disk: 0, gpus: 2 });
    expect(shares.share(anna)).toBe(0.5);
    expect(shares.share(boris)).toBe(0);
  });

  it('divides shares by weights, of users in their queue and of queues', () => {
    const shares = sharesOf({ queues: { day: { weight: 4 } }, users: { anna: { weight: 2 } } });
    shares.charge(anna, { cpus: 40, mem: 0, disk: 0 });
    shares.charge(boris, { cpus: 40, mem: 0, disk: 0 });
    expect(shares.share(anna)).toBeCloseTo(0.2, 12);
    expect(shares.share(boris)).toBeCloseTo(0.4, 12);
    expect(shares.queueShare('day')).toBeCloseTo(0.2, 12);
    expect(shares.queueShare('night')).toBe(0);
  });

  it('counts cores alone while nothing is known of the cluster, and ignores what it has none of', () => {
    const shares = new FairShares({ queues: {}, users: {} });
    shares.charge(anna, { cpus: 2, mem: 4096, disk: 0 });
    shares.charge(boris, { cpus: 3, mem: 1, disk: 0, gpus: 8 });
    expect([shares.share(anna), shares.share(boris)]).toEqual([2, 3]);
    shares.setTotal({ cpus: 10, mem: 8192, disk: 0 });
    expect([shares.share(anna), shares.share(boris)]).toEqual([0.5, 0.3]);
  });

  it('keeps queues and users within their quotas, and counts a user in all queues', () => {
    const shares = sharesOf({
      queues: { day: { quota: { cpus: 3 } } },
      users: { anna: { quota: { tasks: 2, mem: 100 } } },
    });
    const core = { cpus: 1, mem: 10, disk: 0 };
    expect(shares.allows(anna, { ...core, mem: 101 })).toBe(false);
    shares.charge({ queue: 'night', user: 'anna' }, core);
    expect(shares.allows(anna, core)).toBe(true);
    shares.charge(anna, core);
    expect(shares.allows(anna, core)).toBe(false);
    expect(shares.allows({ queue: 'night', user: 'anna' }, core)).toBe(false);
    expect(shares.allows(boris, { ...core, cpus: 2 })).toBe(true);
    expect(shares.allows(boris, { ...core, cpus: 2.001 })).toBe(false);
    shares.credit(anna, core);
    expect(shares.allows(anna, core)).toBe(true);
  });

  it('counts the tasks that belong together one by one', () => {
    const shares = sharesOf({ users: { anna: { quota: { tasks: 4 } } } });
    const cores = { cpus: 3, mem: 30, disk: 0 };
    shares.charge(anna, cores, 2);
    expect([2, 3].map((tasks) => shares.allows(anna, cores, tasks))).toEqual([true, false]);
    shares.credit(anna, cores, 2);
    expect(shares.allows(anna, cores, 4)).toBe(true);
  });

  it('is exact: what was charged and given back leaves no trace', () => {
    const amounts = fc.record({
      cpus: fc.integer({ min: 0, max: 64_000 }).map((n) => n / 1000),
      mem: fc.integer({ min: 0, max: 1e6 }).map((n) => n / 10),
      disk: fc.integer({ min: 0, max: 1e6 }).map((n) => n / 1000),
    });
    fc.assert(
      fc.property(fc.array(amounts), amounts, (others, kept) => {
        const shares = sharesOf();
        shares.charge(anna, kept);
        const before = shares.share(anna);
        for (const resources of others) shares.charge(anna, resources);
        for (const resources of others) shares.credit(anna, resources);
        expect(shares.share(anna)).toBe(before);
        expect(shares.queueShare('day')).toBe(before);
      }),
    );
  });

  it('says how far a user is above an even share of what the queue has in use', () => {
    const shares = sharesOf({ users: { anna: { weight: 3 } } });
    shares.charge(anna, { cpus: 40, mem: 0, disk: 0 });
    shares.charge(boris, { cpus: 40, mem: 0, disk: 0 });
    expect(shares.aboveFair(anna)).toBeCloseTo(-0.2, 12);
    expect(shares.aboveFair(boris)).toBeCloseTo(0.2, 12);
    expect(shares.aboveFair({ queue: 'night', user: 'anna' })).toBe(0);
  });

  it('refuses to take back what was not given, and weights that are not above 0', () => {
    const shares = sharesOf();
    shares.charge(anna, { cpus: 1, mem: 1, disk: 0 });
    expect(() => shares.credit(anna, { cpus: 2, mem: 1, disk: 0 })).toThrow(/'anna' gives back more/);
    expect(() => shares.credit(boris, { cpus: 0, mem: 0, disk: 0 })).toThrow(RangeError);
    expect(() => sharesOf({ queues: { day: { weight: 0 } } })).toThrow(/queue 'day' is 0/);
  });
});
