import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairShares } from './fair-shares.ts';
import { type Candidate, PlacementOrder } from './placement-order.ts';

const total = { cpus: 100, mem: 10_000, disk: 0 };

const sharesOf = (policy: Partial<ConstructorParameters<typeof FairShares>[0]> = {}): FairShares => {
  const shares = new FairShares({ queues: {}, users: {}, ...policy });
  shares.setTotal(total);
  return shares;
};

const candidate = (sequence: number, fields: Partial<Candidate> = {}): Candidate => ({
  queue: '',
  user: '',
  priority: 0,
  waitingSince: 0,
  sequence,
  resources: { cpus: 1, mem: 10, disk: 0 },
  classId: sequence,
  ...fields,
});

/** Places every candidate, each the only one of its class, and tells in which order. */
const sequence = (candidates: readonly Candidate[], shares = sharesOf(), ageing = 300): number[] => {
  const order = new PlacementOrder(candidates, shares, { ageing });
  const placed: number[] = [];
  for (let next = order.next(); next; next = order.next()) {
    placed.push(next.sequence);
    order.placed();
  }
  return placed;
};

describe('PlacementOrder', () => {
  it('is plain priority, then first come, for one user', () => {
    const priorities = fc.array(fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(priorities, fc.constantFrom(0, 300, Number.POSITIVE_INFINITY), (given, ageing) => {
        const candidates = given.map((priority, index) => candidate(index, { priority }));
        const expected = [...candidates].sort(
          (a, b) => (ageing === 0 ? 0 : b.priority - a.priority) || a.sequence - b.sequence,
        );
        expect(sequence(candidates, sharesOf(), ageing)).toEqual(expected.map((one) => one.sequence));
      }),
    );
  });

  it('leaves out a gang of which a task more than the quota allows would run, and charges one by its tasks', () => {
    const shares = sharesOf({ users: { anna: { quota: { tasks: 3 } } } });
    const gangs = [candidate(1, { user: 'anna', tasks: 4 }), candidate(2, { user: 'anna', tasks: 3 })];
    expect(sequence([...gangs, candidate(3, { user: 'anna' })], shares)).toEqual([2]);
  });

  it('lets a task that waited long enough go ahead of one with a higher priority', () => {
    const old = candidate(2, { waitingSince: 0 });
    const urgent = (waitingSince: number): Candidate => candidate(1, { priority: 2, waitingSince });
    expect(sequence([old, urgent(599_999)])).toEqual([1, 2]);
    expect(sequence([old, urgent(600_001)])).toEqual([2, 1]);
    expect(sequence([old, urgent(600_001)], sharesOf(), Number.POSITIVE_INFINITY)).toEqual([1, 2]);
  });

  it('serves queues by weight, and the users in each by theirs', () => {
    const shares = sharesOf({ queues: { day: { weight: 3 } }, users: { anna: { weight: 2 } } });
    const candidates = ['day', 'night'].flatMap((queue, q) =>
      ['anna', 'boris'].map((user, u) => candidate(2 * q + u, { queue, user })),
    );
    const order = new PlacementOrder(candidates, shares, { ageing: 300 });
    for (let placements = 0; placements < 24; placements++) {
      const next = order.next();
      if (next) order.placed({ ...next, sequence: next.sequence + 4 });
    }
    expect(shares.queueShare('day')).toBeCloseTo(shares.queueShare('night'), 12);
    for (const queue of ['day', 'night']) {
      const [anna, boris] = [shares.share({ queue, user: 'anna' }), shares.share({ queue, user: 'boris' })];
      expect(anna).toBeCloseTo(boris, 12);
    }
  });

  it('goes on with the next head of a class, and leaves a class out that was skipped', () => {
    const order = new PlacementOrder([candidate(1), candidate(3)], sharesOf(), { ageing: 300 });
    expect(order.next()?.sequence).toBe(1);
    expect(order.next()?.sequence).toBe(1);
    order.placed(candidate(2));
    expect(order.next()?.sequence).toBe(2);
    order.skip();
    expect(order.next()?.sequence).toBe(3);
    order.skip();
    expect(order.next()).toBeUndefined();
    expect(() => order.placed()).toThrow(/call next\(\) before/);
  });

  it('leaves out classes that are over quota and tells which, while smaller ones have their turn', () => {
    const shares = sharesOf({ users: { anna: { quota: { cpus: 3 } } } });
    const large = candidate(1, { user: 'anna', resources: { cpus: 4, mem: 0, disk: 0 } });
    const small = candidate(2, { user: 'anna', resources: { cpus: 2, mem: 0, disk: 0 } });
    const order = new PlacementOrder([large, small], shares, { ageing: 300 });
    expect(order.next()).toBe(small);
    order.placed(small);
    expect(order.next()).toBeUndefined();
    expect(order.overQuota).toEqual([large, small]);
  });

  it('gives the same order, in whatever order it gets the candidates', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(3), fc.nat(2)), { maxLength: 30 }),
        (given) => {
          const candidates = given.map(([queue, user, priority, cpus], index) =>
            candidate(index, {
              queue: `${queue}`,
              user: `${user}`,
              priority,
              resources: { cpus, mem: 0, disk: 0 },
            }),
          );
          expect(sequence(candidates.toReversed())).toEqual(sequence(candidates));
        },
      ),
    );
  });

  it('never lets a queue or a user have more than its quota, and leaves out nobody who has room in it', () => {
    const tasks = fc.array(
      fc.record({ queue: fc.nat(1), user: fc.nat(1), cpus: fc.integer({ min: 1, max: 5 }) }),
    );
    const quota = fc.record({
      quota: fc.record({ cpus: fc.nat(20), tasks: fc.nat(8) }, { requiredKeys: [] }),
    });
    const quotas = fc.record({ 0: quota, 1: quota });
    fc.assert(
      fc.property(tasks, quotas, quotas, (given, queues, users) => {
        const shares = sharesOf({ queues, users });
        const candidates = given.map(({ queue, user, cpus }, index) =>
          candidate(index, { queue: `${queue}`, user: `${user}`, resources: { cpus, mem: 0, disk: 0 } }),
        );
        const placed = new Set(sequence(candidates, shares));
        for (const name of [0, 1] as const) {
          const ofQueue = given.filter((one, index) => one.queue === name && placed.has(index));
          const ofUser = given.filter((one, index) => one.user === name && placed.has(index));
          expect(used(ofQueue).cpus).toBeLessThanOrEqual(queues[name].quota.cpus ?? Number.POSITIVE_INFINITY);
          expect(used(ofQueue).tasks).toBeLessThanOrEqual(
            queues[name].quota.tasks ?? Number.POSITIVE_INFINITY,
          );
          expect(used(ofUser).cpus).toBeLessThanOrEqual(users[name].quota.cpus ?? Number.POSITIVE_INFINITY);
          expect(used(ofUser).tasks).toBeLessThanOrEqual(users[name].quota.tasks ?? Number.POSITIVE_INFINITY);
        }
        const left = candidates.filter((one) => !placed.has(one.sequence));
        expect(left.filter((one) => shares.allows(one, one.resources))).toEqual([]);
      }),
    );
  });

  it('never lets one who waits fall behind another by more than one task', () => {
    const shape = fc.record({ cpus: fc.integer({ min: 1, max: 8 }), mem: fc.integer({ min: 0, max: 900 }) });
    const classes = fc.array(
      fc.record({ queue: fc.nat(2), user: fc.nat(3), shape, priority: fc.integer({ min: 0, max: 9 }) }),
      { minLength: 1, maxLength: 20 },
    );
    const weight = fc.integer({ min: 1, max: 5 }).map((value) => ({ weight: value }));
    const weights = fc.record({ 0: weight, 1: weight, 2: weight, 3: weight });
    fc.assert(
      fc.property(classes, weights, weights, (given, queues, users) => {
        const shares = sharesOf({ queues, users });
        const candidates = given.map(({ queue, user, shape: { cpus, mem }, priority }, index) =>
          candidate(index, {
            queue: `${queue}`,
            user: `${user}`,
            priority,
            resources: { cpus, mem, disk: 0 },
          }),
        );
        const order = new PlacementOrder(candidates, shares, { ageing: 300 });
        for (let placements = 0; placements < 60; placements++) {
          const next = order.next();
          if (!next) break;
          const besides = candidates.filter(({ queue }) => queue === next.queue);
          expect(shares.queueShare(next.queue)).toBe(
            Math.min(...candidates.map(({ queue }) => shares.queueShare(queue))),
          );
          expect(shares.share(next)).toBe(Math.min(...besides.map((other) => shares.share(other))));
          order.placed({ ...next, sequence: next.sequence + 100 });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('starves nobody: a task of the least priority runs within a bound on a full cluster where more keeps coming', () => {
    fc.assert(
      fc.property(
        fc.record({
          users: fc.integer({ min: 1, max: 4 }),
          slots: fc.integer({ min: 4, max: 12 }),
          arrivals: fc.integer({ min: 1, max: 3 }),
          run: fc.integer({ min: 1, max: 5 }),
          priority: fc.integer({ min: 0, max: 10 }),
        }),
        (given) => {
          const ageing = 2;
          const ownAhead = given.arrivals * (given.priority * ageing + 1);
          const slotsOfOne = Math.floor(given.slots / given.users);
          const bound = (Math.ceil(ownAhead / slotsOfOne) + 3) * given.run;
          expect(secondsUntilServed({ ...given, ageing, giveUp: bound + 1 })).toBeLessThanOrEqual(bound);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const used = (tasks: readonly { readonly cpus: number }[]) => ({
  cpus: tasks.reduce((sum, { cpus }) => sum + cpus, 0),
  tasks: tasks.length,
});

interface Crowd {
  readonly users: number;
  readonly slots: number;
  readonly arrivals: number;
  readonly run: number;
  readonly priority: number;
  readonly ageing: number;
  readonly giveUp: number;
}

/**
 * A cluster of one-core slots. Every second each user submits tasks of the higher priority; one task of priority 0 of
 * the first user has waited since the start.
 */
function secondsUntilServed({ users, slots, arrivals, run, priority, ageing, giveUp }: Crowd): number {
  const shares = sharesOf();
  const waiting = new Map<number, Candidate>([[0, candidate(0, { user: 'user 0' })]]);
  let running: { readonly task: Candidate; readonly end: number }[] = [];
  let number = 1;
  for (let second = 0; second < giveUp; second++) {
    for (const { task } of running.filter(({ end }) => end === second)) shares.credit(task, task.resources);
    running = running.filter(({ end }) => end > second);
    for (let arrival = 0; arrival < users * arrivals; arrival++, number++) {
      const user = `user ${arrival % users}`;
      waiting.set(number, candidate(number, { user, priority, waitingSince: second * 1000 }));
    }
    const order = new PlacementOrder(waiting.values(), shares, { ageing });
    while (running.length < slots) {
      const task = order.next();
      if (!task) break;
      if (task.sequence === 0) return second;
      order.placed();
      waiting.delete(task.sequence);
      running.push({ task, end: second + run });
    }
  }
  return giveUp;
}
