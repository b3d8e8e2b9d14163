import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AgentTable } from '../cluster/agent-table.ts';
import { ClusterAgents } from '../cluster/cluster-agents.ts';
import { demandOf } from '../cluster/demand.ts';
import { TagCounts } from '../constraints/index.ts';
import { KeptAgents } from '../fairness/kept-agents.ts';
import { Places } from './places.ts';
import { SlotOrder } from './slot-order.ts';
import { scoreOf } from './slot-scan.ts';

const anyAmounts = fc.record({ cpus: fc.integer({ min: 0, max: 6 }), mem: fc.integer({ min: 0, max: 6 }) });

const anyScorer = fc
  .constantFrom([-1, -1, 0], [-1, -0.3, 0], [1, 0, 0], [0, 0, -1], [0.5, -1, 0])
  .map(([cpus = 0, mem = 0, age = 0]) => ({ cpus, mem, age, custom: undefined }));

test('SlotOrder finds a slot as good as the best there is, whatever was taken and given back', () => {
  const steps = fc.array(
    fc.record({ wanted: anyAmounts, givesBack: fc.nat(3), every: fc.constantFrom(1, 1, 3) }),
  );
  const offered = fc.array(anyAmounts, { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(offered, steps, anyScorer, (amounts, wishes, scorer) => {
      const cluster = { agents: new ClusterAgents(), table: new AgentTable(), counts: new TagCounts() };
      const { agents, table } = cluster;
      for (const [id, resources] of amounts.entries()) {
        const facts = { id: `${id}`, hostname: 'h', attributes: {} };
        table.add({ id: `${id}`, agent: facts, resources: { ...resources, disk: 0 } }, agents.learn(facts));
      }
      const places = new Places(cluster, new KeptAgents(), { now: 0, date: 0 }, 60);
      const order = new SlotOrder(places, places.slots, scorer);
      const taken: (() => void)[] = [];
      for (const { wanted, givesBack, every } of wishes) {
        const demand = demandOf({ ...wanted, disk: 0 });
        const passes = (slot: number) => slot % every === 0;
        const fitting = [...places.slots].filter((slot) => passes(slot) && table.fits(slot, demand));
        const best = Math.max(...fitting.map((slot) => scoreOf(scorer, places, slot)));
        const found = order.find(demand.cpus, demand.mem, passes);
        expect(found < 0).toBe(fitting.length === 0);
        if (found >= 0) {
          expect(fitting).toContain(found);
          expect(scoreOf(scorer, places, found)).toBe(best);
          table.take(found, demand);
          taken.push(() => table.giveBack(found, demand, undefined));
        }
        if (givesBack === 0) taken.shift()?.();
      }
    }),
  );
});
