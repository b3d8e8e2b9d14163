import type { AgentResources, TaskResources } from '@galaxy-mesos/scheduler';
import { describe, expect, test } from 'vitest';
import { MatcherFixture } from '../../src/testing/matcher-fixture.ts';

const cores = (cpus: number) => ({ cpus, mem: 0, disk: 0 });

/** Which tasks are put on agents that hold this out, each for a role. */
function placed(
  offers: readonly (Partial<AgentResources> & { readonly role?: string })[],
  tasks: Readonly<Record<string, Partial<TaskResources> & { readonly role?: string }>>,
): string[] {
  const cluster = new MatcherFixture();
  for (const [id, { role, ...resources }] of Object.entries(tasks)) {
    cluster.add(id, { resources: { ...cores(1), ...resources }, ...(role !== undefined && { role }) });
  }
  for (const [index, { role, ...resources }] of offers.entries())
    cluster.offer(`agent-${index}`, resources, role);
  return Object.keys(cluster.placed()).sort();
}

describe('reservations', () => {
  const reserved = (
    cpus: number,
    labels: Record<string, string> = {},
    role = 'eng',
    type: 'STATIC' | 'DYNAMIC' = 'DYNAMIC',
  ) => ({ type, role, labels, resources: cores(cpus) }) as const;

  test('go to tasks of the role, what is reserved first, so that what is not is left for others', () => {
    const cluster = new MatcherFixture();
    cluster.add('any', { resources: cores(2), role: 'eng' });
    cluster.add('unreserved', { resources: { ...cores(2), reservation: 'unreserved' }, role: 'eng' });
    cluster.offer('x', { ...cores(4), reserved: [reserved(2, {}, 'eng', 'STATIC')] }, 'eng');
    expect(Object.keys(cluster.placed()).sort()).toEqual(['any', 'unreserved']);
  });

  test('are not for those who want none', () => {
    const offer = { ...cores(3), reserved: [reserved(2)], role: 'eng' };
    expect(placed([offer], { a: { cpus: 2, reservation: 'unreserved', role: 'eng' } })).toEqual([]);
    expect(placed([offer], { a: { cpus: 1, reservation: 'unreserved', role: 'eng' } })).toEqual(['a']);
  });

  test('are had by their labels, and only so much of them', () => {
    const labels = { team: 'blue' };
    const offer = {
      ...cores(6),
      reserved: [reserved(2, { team: 'blue', x: 'y' }), reserved(3, { team: 'red' })],
    };
    expect(placed([offer], { a: { cpus: 2, reservation: { labels } } })).toEqual(['a']);
    expect(placed([offer], { a: { cpus: 3, reservation: { labels } } })).toEqual([]);
    expect(
      placed([offer], {
        a: { reservation: { labels } },
        b: { reservation: { labels } },
        c: { reservation: { labels } },
      }),
    ).toHaveLength(2);
  });

  test('that are refined are those of the role below', () => {
    const offer = { ...cores(2), reserved: [reserved(2, {}, 'eng/dev')], role: 'eng/dev' };
    expect(placed([offer], { dev: { role: 'eng/dev' }, eng: { role: 'eng' } })).toEqual(['dev']);
  });
});

describe('revocable resources', () => {
  test('are for tasks that ask for them, which get no others', () => {
    const offer = { ...cores(1), revocable: cores(2) };
    expect(
      placed([offer], {
        plain: {},
        too: {},
        r1: { revocable: true },
        r2: { revocable: true },
        r3: { revocable: true },
      }),
    ).toEqual(['plain', 'r1', 'r2']);
  });
});

describe('volumes, disks, ports and sets', () => {
  const volume = (persistenceId: string, shared = false) => ({ persistenceId, size: 10, shared });
  const using = (persistenceId: string) => ({ volumes: [{ persistenceId, containerPath: 'data' }] });

  test('a volume is used on the agent that has it, by one task at a time, or by all if it is shared', () => {
    const offers = [cores(8), { ...cores(8), volumes: [volume('own'), volume('all', true)] }];
    expect(
      placed(offers, {
        a: using('own'),
        b: using('own'),
        c: using('all'),
        d: using('all'),
        e: using('none'),
      }),
    ).toEqual(['a', 'c', 'd']);
  });

  test('a disk is had whole, and only if it is large enough', () => {
    const disks = [
      { id: 'small', size: 10 },
      { id: 'large', size: 100 },
    ];
    const disk = (size: number) => ({ disks: [{ size, containerPath: 'scratch' }] });
    expect(placed([{ ...cores(8), disks }], { a: disk(5), b: disk(50), c: disk(5) })).toEqual(['a', 'b']);
    expect(placed([{ ...cores(8), disks }], { a: disk(101) })).toEqual([]);
  });

  test('ports, graphics processors, other scalars and items are given to one task each', () => {
    const offer = {
      ...cores(9),
      gpus: 1,
      scalars: { licences: 1.5 },
      ports: [{ begin: 31000, end: 31001 }],
      sets: { devices: ['d1'] },
    };
    const both = (wanted: Partial<TaskResources>) => placed([offer], { a: wanted, b: wanted });
    expect(both({ gpus: 1 })).toEqual(['a']);
    expect(both({ scalars: { licences: 1 } })).toEqual(['a']);
    expect(both({ ports: { fixed: [31001] } })).toEqual(['a']);
    expect(both({ ports: { any: 2 } })).toEqual(['a']);
    expect(both({ ports: { any: 1 } })).toEqual(['a', 'b']);
    expect(both({ sets: { devices: ['d1'] } })).toEqual(['a']);
  });
});
