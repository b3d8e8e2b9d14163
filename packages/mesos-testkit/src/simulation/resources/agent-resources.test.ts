import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bagOf, resourcesOf } from '../http/mesos-resources.ts';
import { agentResourcesOf, bagOfAgent } from './agent-resources.ts';
import { addBags, containsBag, describeBag, subtractBags } from './bag.ts';
import { takeForTask } from './take-for-task.ts';

const amount = fc.integer({ min: 0, max: 64_000 }).map((thousandths) => thousandths / 1000);
const resources = fc.record({
  cpus: amount,
  mem: amount,
  disk: amount,
  ports: fc.constantFrom(
    [],
    [{ begin: 1, end: 9 }],
    [
      { begin: 1, end: 3 },
      { begin: 7, end: 9 },
    ],
  ),
});

const everything = {
  cpus: 8,
  mem: 1000,
  disk: 500,
  gpus: 2,
  scalars: { licences: 3 },
  ports: [{ begin: 31_000, end: 31_009 }],
  sets: { cards: ['a', 'b'] },
  reserved: [
    {
      type: 'DYNAMIC' as const,
      role: 'web',
      labels: { for: 'x', of: 'y' },
      resources: { cpus: 2, mem: 100, disk: 0 },
    },
  ],
  revocable: { cpus: 1, mem: 0, disk: 0 },
  volumes: [
    { persistenceId: 'v', size: 10, shared: false },
    { persistenceId: 's', size: 20, shared: true },
  ],
  disks: [{ id: '/mnt/a', size: 100 }],
};

describe('resources of agents', () => {
  it('come back from the simulation, and from the wire, as they went in', () => {
    expect(agentResourcesOf(bagOfAgent(everything))).toEqual(everything);
    const bag = bagOfAgent(everything);
    expect(bagOf(resourcesOf(bag, 'web'))).toEqual(bag);
  });

  it('are the same after something was taken out and put back', () => {
    fc.assert(
      fc.property(resources, resources, (whole, part) => {
        const [a, b] = [bagOfAgent(whole), bagOfAgent(part)];
        if (!containsBag(a, b)) return;
        const rest = subtractBags(a, b);
        expect(containsBag(a, rest)).toBe(true);
        expect(describeBag(addBags(rest, b))).toBe(describeBag(a));
      }),
    );
  });

  it('are given to a task only as far as they are there', () => {
    fc.assert(
      fc.property(resources, resources, (whole, { ports: _ports, ...wanted }) => {
        const available = bagOfAgent(whole);
        const taken = takeForTask(available, wanted);
        const fits = wanted.cpus <= whole.cpus && wanted.mem <= whole.mem && wanted.disk <= whole.disk;
        expect(taken !== undefined).toBe(fits);
        if (taken) expect(containsBag(available, taken)).toBe(true);
      }),
    );
  });

  it('are taken from what is reserved first, and whole where they cannot be divided', () => {
    const wanted = {
      cpus: 3,
      mem: 50,
      disk: 0,
      gpus: 1,
      ports: { any: 2 },
      disks: [{ size: 50, containerPath: 'd' }],
    };
    const taken = takeForTask(bagOfAgent(everything), wanted);
    expect(taken).toMatchObject({ cpus: 1000, mem: 0, ports: [{ begin: 31_000, end: 31_001 }] });
    const reserved = 'reserved:cpus {"type":"DYNAMIC","role":"web","labels":{"for":"x","of":"y"}}';
    expect(taken?.others.get(reserved)).toBe(2000);
    expect(taken?.others.get('disk:/mnt/a')).toBe(100_000);
    expect(
      takeForTask(bagOfAgent(everything), { ...wanted, reservation: 'unreserved', cpus: 7 }),
    ).toBeUndefined();
  });
});
