import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentTable } from '../cluster/agent-table.ts';
import { ClusterAgents } from '../cluster/cluster-agents.ts';
import { demandOf } from '../cluster/demand.ts';
import type { AgentResources, ReservedAmounts, TaskResources } from '../model/amounts.ts';
import { lackOf } from './lack.ts';

const reserved = (role: string, cpus: number, labels: Record<string, string> = {}): ReservedAmounts => ({
  type: 'DYNAMIC',
  role,
  labels,
  resources: { cpus, mem: 0, disk: 0 },
});

const plain: AgentResources = { cpus: 4, mem: 100, disk: 10 };

const task = (more: Partial<TaskResources>): TaskResources => ({ cpus: 1, mem: 10, disk: 0, ...more });

describe('what a task lacks', () => {
  it.each<[string, Partial<TaskResources>, Partial<AgentResources>, unknown]>([
    ['nothing', {}, {}, undefined],
    ['cores', { cpus: 8 }, {}, { type: 'amount', name: 'cpus', has: 4, wanted: 8 }],
    ['cores before memory', { cpus: 8, mem: 200 }, {}, { type: 'amount', name: 'cpus', has: 4, wanted: 8 }],
    ['disk', { disk: 11 }, {}, { type: 'amount', name: 'disk', has: 10, wanted: 11 }],
    ['graphics processors', { gpus: 2 }, { gpus: 1 }, { type: 'amount', name: 'gpus', has: 1, wanted: 2 }],
    [
      'another scalar',
      { scalars: { licences: 1 } },
      {},
      { type: 'amount', name: 'licences', has: 0, wanted: 1 },
    ],
    ['what is revocable', { revocable: true }, {}, { type: 'revocable' }],
    ['a label', { reservation: { labels: { a: 'b' } } }, {}, { type: 'reservation' }],
    [
      'what is free for all',
      { reservation: 'unreserved' },
      { reserved: [reserved('web', 4)] },
      { type: 'reservation' },
    ],
    ['what others have reserved', {}, { reserved: [reserved('db', 4)] }, { type: 'other-role' }],
    ['nothing, as a role above has reserved it', {}, { reserved: [reserved('web', 4)] }, undefined],
    ['ports', { ports: { any: 2 } }, { ports: [{ begin: 1, end: 1 }] }, { type: 'ports' }],
    ['a port', { ports: { fixed: [2] } }, { ports: [{ begin: 3, end: 9 }] }, { type: 'ports' }],
    ['items', { sets: { keys: ['a', 'b'] } }, { sets: { keys: ['a'] } }, { type: 'sets' }],
    ['volumes', { volumes: [{ persistenceId: 'v', containerPath: 'v' }] }, {}, { type: 'volumes' }],
    [
      'disks',
      { disks: [{ size: 5, containerPath: 'd' }] },
      { disks: [{ id: 'd', size: 4 }] },
      { type: 'disks' },
    ],
  ])('may be %s', (_, wanted, has, expected) => {
    expect(lackOf({ resources: task(wanted), role: 'web/shop' })({ ...plain, ...has })).toEqual(expected);
  });
});

const amount = fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10);
const amounts = { cpus: amount, mem: amount, disk: amount };
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 3 });
const port = fc.integer({ min: 1, max: 6 });

const anyResources: fc.Arbitrary<AgentResources> = fc
  .record(
    {
      ...amounts,
      gpus: fc.integer({ min: 0, max: 2 }),
      scalars: fc.record({ licences: amount }),
      ports: fc.subarray([1, 3, 5]).map((ports) => ports.map((begin) => ({ begin, end: begin }))),
      sets: fc.record({ keys: fc.subarray(['a', 'b', 'c']) }),
      revocable: fc.record(amounts),
      labels: fc.constantFrom('x', 'y'),
      volumes: fc.subarray(['v', 'w']),
      disks: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    },
    { requiredKeys: ['cpus', 'mem', 'disk'] },
  )
  .map(({ labels, volumes, disks, ...resources }) => ({
    ...resources,
    ...(labels && { reserved: [reserved('r', Math.min(resources.cpus, 2), { for: labels })] }),
    ...(volumes && { volumes: volumes.map((persistenceId) => ({ persistenceId, size: 1, shared: false })) }),
    ...(disks && { disks: disks.map((size) => ({ id: `disk-${size}`, size })) }),
  }));

const small = fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10);

const oneWish: fc.Arbitrary<Partial<TaskResources>> = fc.oneof(
  fc.record({ gpus: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ scalars: fc.record({ licences: small }) }),
  fc.record({
    ports: fc.record({ any: fc.integer({ min: 0, max: 2 }), fixed: fc.uniqueArray(port, { maxLength: 2 }) }),
  }),
  fc.record({ sets: fc.record({ keys: fc.subarray(['a', 'b', 'c']) }) }),
  fc.record({
    volumes: fc
      .subarray(['v', 'w'])
      .map((ids) => ids.map((persistenceId) => ({ persistenceId, containerPath: persistenceId }))),
  }),
  fc.record({
    disks: some(fc.integer({ min: 1, max: 6 })).map((sizes) =>
      sizes.map((size) => ({ size, containerPath: 'd' })),
    ),
  }),
  fc.record({ revocable: fc.boolean() }),
  fc.record({
    reservation: fc.constantFrom<NonNullable<TaskResources['reservation']>[]>('unreserved', {
      labels: { for: 'x' },
    }),
  }),
);

const anyTask: fc.Arbitrary<TaskResources> = fc
  .tuple(fc.record({ cpus: small, mem: small, disk: small }), fc.array(oneWish, { maxLength: 2 }))
  .map(([resources, wishes]) => Object.assign({}, resources, ...wishes));

describe('a task lacks nothing', () => {
  it('just where the matcher would put it', () => {
    const seen = { fit: 0, lacking: 0 };
    fc.assert(
      fc.property(anyResources, anyTask, (resources, wanted) => {
        const facts = { id: 'a', hostname: 'a', attributes: {} };
        const table = new AgentTable();
        const { number } = table.add({ id: 'o', agent: facts, resources }, new ClusterAgents().learn(facts));
        const fits = table.fits(number, demandOf(wanted));
        seen[fits ? 'fit' : 'lacking']++;
        expect(lackOf({ resources: wanted })(resources) === undefined).toBe(fits);
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.fit, seen.lacking)).toBeGreaterThan(50);
  });
});
