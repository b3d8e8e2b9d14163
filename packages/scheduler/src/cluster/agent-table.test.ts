import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDemand, anyOffered } from '../testing/matcher-commands.ts';
import { AgentTable } from './agent-table.ts';
import { ClusterAgents } from './cluster-agents.ts';
import { type Demand, demandOf } from './demand.ts';
import type { Slot } from './slot.ts';

const agents = new ClusterAgents();
const agent = agents.learn({ id: 'x', hostname: 'x', attributes: {} });

/** What can be seen of a slot: which of many demands fit. */
const fitting = (table: AgentTable, slot: Slot, demands: readonly Demand[]): boolean[] =>
  demands.map((demand) => table.fits(slot.number, demand));

describe('AgentTable', () => {
  test('adds up the offers of an agent, takes the lowest ports and the smallest disks that will do', () => {
    const table = new AgentTable();
    const none = { cpus: 0, mem: 0, disk: 0 };
    table.add(
      { id: 'a', agent: agent.facts, resources: { ...none, cpus: 0.1, ports: [{ begin: 5, end: 6 }] } },
      agent,
    );
    const disks = [
      { id: 'large', size: 9 },
      { id: 'small', size: 4 },
    ];
    const resources = { ...none, cpus: 0.2, ports: [{ begin: 2, end: 3 }], disks };
    const { number } = table.add({ id: 'b', agent: agent.facts, resources }, agent);
    const demand = demandOf({
      ...none,
      cpus: 0.3,
      ports: { any: 2, fixed: [5] },
      disks: [
        { size: 1, containerPath: 'd' },
        { size: 5, containerPath: 'e' },
      ],
    });
    expect(table.fits(number, demand)).toBe(true);
    expect(table.take(number, demand)?.assigned).toEqual({ ports: [5, 2, 3], disks: ['small', 'large'] });
    expect(table.any.cpus[number]).toBe(0);
  });

  test('gives a disk away once though two offers tell of it', () => {
    const table = new AgentTable();
    const resources = { cpus: 0, mem: 0, disk: 0, disks: [{ id: 'd', size: 9 }] };
    table.add({ id: 'a', agent: agent.facts, resources }, agent);
    const { number } = table.add({ id: 'b', agent: agent.facts, resources }, agent);
    const disk = { size: 5, containerPath: 'd' };
    const demandFor = (disks: readonly (typeof disk)[]) => demandOf({ cpus: 0, mem: 0, disk: 0, disks });
    expect(table.fits(number, demandFor([disk, disk]))).toBe(false);
    expect(table.take(number, demandFor([disk]))?.assigned).toEqual({ disks: ['d'] });
    expect(table.fits(number, demandFor([disk]))).toBe(false);
  });

  test('takes what is reserved first, and leaves the rest to those who want what is not', () => {
    const table = new AgentTable();
    const reserved = [
      { type: 'DYNAMIC' as const, role: 'r', labels: {}, resources: { cpus: 2, mem: 0, disk: 0 } },
    ];
    const resources = { cpus: 3, mem: 0, disk: 0, reserved };
    const { number } = table.add({ id: 'a', agent: agent.facts, resources }, agent);
    const unreserved = demandOf({ cpus: 1, mem: 0, disk: 0, reservation: 'unreserved' });
    table.take(number, demandOf({ cpus: 2, mem: 0, disk: 0 }));
    expect(table.fits(number, unreserved)).toBe(true);
    table.take(number, unreserved);
    expect([table.any.cpus[number], table.fits(number, unreserved)]).toEqual([0, false]);
  });

  test('what is given back is as if it had never been taken', () => {
    const lists = [fc.array(anyOffered, { minLength: 1, maxLength: 3 }), fc.array(anyDemand)] as const;
    fc.assert(
      fc.property(...lists, (offered, wanted) => {
        const table = new AgentTable();
        for (const [id, resources] of offered.entries()) {
          table.add({ id: `${id}`, agent: agent.facts, resources }, agent);
        }
        const slot = table.slotOfOffer('0');
        if (!slot) throw new Error('The offer is not there.');
        const demands = wanted.map(demandOf);
        const before = fitting(table, slot, demands);
        const taken = demands.flatMap((demand) =>
          table.fits(slot.number, demand) ? [{ demand, taken: table.take(slot.number, demand) }] : [],
        );
        for (const { demand, taken: part } of taken.reverse()) table.giveBack(slot.number, demand, part);
        expect(fitting(table, slot, demands)).toEqual(before);
      }),
    );
  });

  test('forgets a rescinded offer, and keeps the others of its slot', () => {
    const table = new AgentTable();
    for (const id of ['a', 'b']) {
      table.add({ id, agent: agent.facts, resources: { cpus: 1, mem: 0, disk: 0 } }, agent);
    }
    table.removeOffer('a');
    const slot = table.slotOfOffer('b');
    expect([table.any.cpus[slot?.number ?? 0], slot?.offers.length]).toEqual([1000, 1]);
    expect(table.slotOfOffer('a')).toBeUndefined();
  });
});
