import type { mesos } from '@galaxy-mesos/mesos-client';
import { type Resources, resourceNames, type TaskResources } from '@galaxy-mesos/scheduler';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentResources, totalOf } from './agent-resources.ts';
import { OfferedResources, type Taking } from './offered-resources.ts';

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

describe('agentResources', () => {
  it('adds reserved and unreserved pieces up, exactly to a thousandth', () => {
    const pieces = [scalar('cpus', 0.1), scalar('cpus', 0.2, reserved), scalar('mem', 10)];
    expect(agentResources(pieces)).toMatchObject({ cpus: 0.3, mem: 10, disk: 0 });
  });

  it('tells apart what a task would have to ask for', () => {
    expect(agentResources(special)).toEqual({
      cpus: 0,
      mem: 0,
      disk: 0,
      gpus: 2,
      scalars: { licences: 3 },
      ports: [{ begin: 31_000, end: 31_010 }],
      sets: { slots: ['a', 'b'] },
      revocable: { cpus: 1, mem: 0, disk: 0 },
      volumes: [
        { persistenceId: 'kept', size: 100, shared: false },
        { persistenceId: 'common', size: 50, shared: true },
      ],
      disks: [{ id: '/mnt/a', size: 5000 }],
    });
  });

  it('tells for which role what is kept, by the last of a refined stack', () => {
    const labels = { labels: [{ key: 'pool', value: 'fast' }] };
    const refined = {
      reservations: [
        { type: 'STATIC', role: 'galaxy' },
        { type: 'DYNAMIC', role: 'galaxy/tools', labels },
      ],
    } as const;
    const pieces = [scalar('cpus', 1, reserved), scalar('mem', 5, reserved), scalar('cpus', 2, refined)];
    expect(agentResources(pieces).reserved).toEqual([
      { type: 'STATIC', role: 'galaxy', labels: {}, resources: { cpus: 1, mem: 5, disk: 0 } },
      {
        type: 'DYNAMIC',
        role: 'galaxy/tools',
        labels: { pool: 'fast' },
        resources: { cpus: 2, mem: 0, disk: 0 },
      },
    ]);
  });

  it('understands the older form of a reservation, which lists of agents have', () => {
    const older = [
      scalar('cpus', 1, { role: 'galaxy' }),
      scalar('mem', 1, { role: 'galaxy', reservation: { principal: 'ops' } }),
      scalar('disk', 1, { role: '*' }),
    ];
    const types = agentResources(older).reserved?.map(({ type, role }) => [type, role]);
    expect(types).toEqual([
      ['STATIC', 'galaxy'],
      ['DYNAMIC', 'galaxy'],
    ]);
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
          const taking = piecesOf(offered.take(wish));
          const fits = inThousandths(wish).every((amount, index) => amount <= (before[index] ?? 0));
          expect(taking !== undefined).toBe(fits);
          if (taking) expect(inThousandths(totalOf(taking))).toEqual(inThousandths(wish));
          else expect(inThousandths(offered.total)).toEqual(before);
          taken.push(...(taking ?? []));
        }
        const together = inThousandths(totalOf([...taken, ...resourcesOf(offered)]));
        expect(together).toEqual(inThousandths(totalOf(pieces)));
      }),
    );
  });

  it('takes no piece of nothing, which Mesos would refuse', () => {
    const offered = new OfferedResources([scalar('cpus', 0), scalar('mem', 5)]);
    expect(piecesOf(offered.take({ cpus: 0, mem: 5, disk: 0 }))).toEqual([scalar('mem', 5)]);
  });

  it('takes reserved resources first, and keeps role, reservation and allocation of each piece', () => {
    const offered = new OfferedResources([
      scalar('cpus', 1, allocated),
      scalar('cpus', 0.5, reserved),
      scalar('mem', 64, { ...allocated, provider_id: { value: 'provider' } }),
    ]);
    expect(piecesOf(offered.take({ cpus: 0.7, mem: 32, disk: 0 }))).toEqual([
      scalar('cpus', 0.5, reserved),
      scalar('cpus', 0.2, allocated),
      scalar('mem', 32, { ...allocated, provider_id: { value: 'provider' } }),
    ]);
    expect(offered.total).toEqual({ cpus: 0.8, mem: 32, disk: 0 });
  });

  it('takes only what the task wants it from: reserved with labels, unreserved or revocable', () => {
    const labels = { labels: [{ key: 'pool', value: 'fast' }] };
    const labelled = { reservations: [{ type: 'DYNAMIC', role: 'galaxy', labels }] } as const;
    const pieces = [scalar('cpus', 1), scalar('cpus', 2, labelled), scalar('cpus', 3, { revocable: {} })];
    const take = (more: Partial<TaskResources>, cpus: number) =>
      piecesOf(new OfferedResources(pieces).take({ ...nothing, cpus, ...more }))?.map(
        ({ scalar: taken }) => taken?.value,
      );
    expect(take({ reservation: 'unreserved' }, 1)).toEqual([1]);
    expect(take({ reservation: 'unreserved' }, 1.1)).toBeUndefined();
    expect(take({ reservation: { labels: { pool: 'fast' } } }, 2)).toEqual([2]);
    expect(take({ reservation: { labels: { pool: 'slow' } } }, 1)).toBeUndefined();
    expect(take({ revocable: true }, 3)).toEqual([3]);
    expect(take({}, 3)).toEqual([2, 1]);
    expect(take({}, 3.1)).toBeUndefined();
  });

  it('takes just the ports that were assigned, in ranges, each once only', () => {
    const offered = new OfferedResources(special);
    const wanted = { ...nothing, ports: { any: 3 } };
    expect(piecesOf(offered.take(wanted, { ports: [31_001, 31_000, 31_010] }))).toEqual([
      { ...ports, ranges: { range: [rangeOf(31_000, 31_001), rangeOf(31_010, 31_010)] } },
    ]);
    expect(offered.take(nothing, { ports: [31_001] })).toHaveProperty('missing');
    expect(piecesOf(offered.take(nothing, { ports: [31_002] }))).toHaveLength(1);
  });

  it('takes items of sets, other scalars and graphics processors', () => {
    const offered = new OfferedResources(special);
    const wanted = { ...nothing, gpus: 1, scalars: { licences: 2 }, sets: { slots: ['b'] } };
    expect(piecesOf(offered.take(wanted))).toEqual([
      scalar('gpus', 1),
      scalar('licences', 2),
      { ...slots, set: { item: ['b'] } },
    ]);
    expect(offered.take(wanted)).toEqual({ missing: 'licences' });
    expect(offered.take({ ...wanted, scalars: {} })).toEqual({ missing: 'slots' });
  });

  it('takes a volume whole with a place in the container, and one that is shared again and again', () => {
    const offered = new OfferedResources(special);
    const use = (persistenceId: string, readOnly = false) =>
      piecesOf(
        offered.take({ ...nothing, volumes: [{ persistenceId, containerPath: 'data', readOnly }] }),
      )?.[0]?.disk?.volume;
    expect(use('kept')).toEqual({ mode: 'RW', container_path: 'data' });
    expect(use('kept')).toBeUndefined();
    expect(use('common', true)).toEqual({ mode: 'RO', container_path: 'data' });
    expect(use('common')).toEqual({ mode: 'RW', container_path: 'data' });
  });

  it('takes a disk whole, and nothing at all if anything is missing', () => {
    const offered = new OfferedResources(special);
    const wanted = { ...nothing, gpus: 1 };
    expect(offered.take(wanted, { disks: ['/mnt/a', '/mnt/b'] })).toEqual({ missing: 'disk /mnt/b' });
    expect(piecesOf(offered.take(wanted, { disks: ['/mnt/a'] }))).toEqual([scalar('gpus', 1), mounted]);
    expect(offered.take(nothing, { disks: ['/mnt/a'] })).toEqual({ missing: 'disk /mnt/a' });
  });
});

const nothing: Resources = { cpus: 0, mem: 0, disk: 0 };

const rangeOf = (begin: number, end: number): mesos.Value.Range => ({
  begin: BigInt(begin),
  end: BigInt(end),
});

const ports: mesos.Resource = {
  name: 'ports',
  type: 'RANGES',
  ranges: { range: [rangeOf(31_005, 31_010), rangeOf(31_000, 31_004)] },
};
const slots: mesos.Resource = { name: 'slots', type: 'SET', set: { item: ['a', 'b'] } };
const mounted = scalar('disk', 5000, { disk: { source: { type: 'MOUNT', mount: { root: '/mnt/a' } } } });
const special: readonly mesos.Resource[] = [
  scalar('disk', 100, { disk: { persistence: { id: 'kept' } } }),
  scalar('disk', 50, { disk: { persistence: { id: 'common' } }, shared: {} }),
  scalar('disk', 7, { disk: { source: { type: 'PATH', path: { root: '/other' } } } }),
  scalar('cpus', 1, { revocable: {} }),
  scalar('gpus', 2),
  scalar('licences', 3),
  mounted,
  slots,
  ports,
];

const piecesOf = (taking: Taking): readonly mesos.Resource[] | undefined =>
  'pieces' in taking ? taking.pieces : undefined;

const resourcesOf = ({ total }: OfferedResources): mesos.Resource[] =>
  resourceNames.map((name) => scalar(name, total[name]));
