import type { mesos } from '@galaxy-mesos/mesos-client';
import { type Resources, resourceNames } from '@galaxy-mesos/scheduler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OfferedResources, totalOf } from './offer-resources.ts';

const scalar = (name: string, value: number, more: Partial<mesos.Resource> = {}): mesos.Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});

const allocated: Partial<mesos.Resource> = { allocation_info: { role: 'galaxy' } };
const reserved: Partial<mesos.Resource> = {
  ...allocated,
  reservations: [{ type: 'STATIC', role: 'galaxy' }],
};

const thousandths = (most: number) => fc.integer({ min: 0, max: most }).map((number) => number / 1000);

const anyWish: fc.Arbitrary<Resources> = fc.record({
  cpus: thousandths(3000),
  mem: thousandths(3000),
  disk: thousandths(3000),
});

const anyPiece = fc
  .tuple(fc.constantFrom(...resourceNames), thousandths(4000), fc.constantFrom({}, allocated, reserved))
  .map(([name, value, more]) => scalar(name, value, more));

const inThousandths = (resources: Resources): number[] =>
  resourceNames.map((name) => Math.round(resources[name] * 1000));

describe('totalOf', () => {
  it('adds reserved and unreserved pieces up, exactly to a thousandth', () => {
    const pieces = [scalar('cpus', 0.1), scalar('cpus', 0.2, reserved), scalar('mem', 10)];
    expect(totalOf(pieces)).toEqual({ cpus: 0.3, mem: 10, disk: 0 });
  });

  it('leaves out what a task would have to ask for: volumes, revocable and shared resources, ports', () => {
    const ports: mesos.Resource = { name: 'ports', type: 'RANGES', ranges: { range: [] } };
    const others = [
      scalar('disk', 100, { disk: { persistence: { id: 'kept' } } }),
      scalar('cpus', 1, { revocable: {} }),
      scalar('disk', 1, { shared: {} }),
      scalar('gpus', 2),
      ports,
    ];
    expect(totalOf(others)).toEqual({ cpus: 0, mem: 0, disk: 0 });
    expect(new OfferedResources(others).take({ cpus: 0, mem: 0, disk: 1 })).toBeUndefined();
  });
});

describe('OfferedResources', () => {
  it('takes exactly what was wanted, never more than was offered, until it is too little', () => {
    fc.assert(
      fc.property(fc.array(anyPiece), fc.array(anyWish, { maxLength: 20 }), (pieces, wishes) => {
        const offered = new OfferedResources(pieces);
        const taken: mesos.Resource[] = [];
        for (const wish of wishes) {
          const before = inThousandths(offered.total);
          const pieceTaken = offered.take(wish);
          const fits = inThousandths(wish).every((amount, index) => amount <= (before[index] ?? 0));
          expect(pieceTaken !== undefined).toBe(fits);
          if (pieceTaken) expect(inThousandths(totalOf(pieceTaken))).toEqual(inThousandths(wish));
          else expect(inThousandths(offered.total)).toEqual(before);
          taken.push(...(pieceTaken ?? []));
        }
        const together = inThousandths(totalOf([...taken, ...resourcesOf(offered)]));
        expect(together).toEqual(inThousandths(totalOf(pieces)));
      }),
    );
  });

  it('takes no piece of nothing, which Mesos would refuse', () => {
    const taken = new OfferedResources([scalar('cpus', 0), scalar('mem', 5)]).take({
      cpus: 0,
      mem: 5,
      disk: 0,
    });
    expect(taken).toEqual([scalar('mem', 5)]);
  });

  it('takes reserved resources first, and keeps role, reservation and allocation of each piece', () => {
    const offered = new OfferedResources([
      scalar('cpus', 1, allocated),
      scalar('cpus', 0.5, reserved),
      scalar('mem', 64, { ...allocated, provider_id: { value: 'provider' } }),
    ]);
    expect(offered.take({ cpus: 0.7, mem: 32, disk: 0 })).toEqual([
      scalar('cpus', 0.5, reserved),
      scalar('cpus', 0.2, allocated),
      scalar('mem', 32, { ...allocated, provider_id: { value: 'provider' } }),
    ]);
    expect(offered.total).toEqual({ cpus: 0.8, mem: 32, disk: 0 });
  });
});

const resourcesOf = ({ total }: OfferedResources): mesos.Resource[] =>
  resourceNames.map((name) => scalar(name, total[name]));
