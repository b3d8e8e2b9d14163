import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClusterAgents } from '../cluster/cluster-agents.ts';
import { AgentFilter, AgentFilters } from './agent-filter.ts';

const anyChange = fc.record({
  id: fc.integer({ min: 0, max: 40 }).map(String),
  // Undefined: the agent is lost.
  rack: fc.constantFrom('r1', 'r2', 'r2', 'r2', 'r2', 'r2', undefined),
});

const isInFirstRack = ({ attributes }: { readonly attributes: Readonly<Record<string, string>> }) =>
  attributes.rack === 'r1';

describe('AgentFilter', () => {
  test.each([true, false])('lists few agents, whatever came before (remembers: %s)', (remembers) => {
    fc.assert(
      fc.property(fc.array(anyChange, { minLength: 1, maxLength: 100 }), (changes) => {
        const agents = new ClusterAgents();
        const filter = new AgentFilter(isInFirstRack, remembers);
        for (const { id, rack } of changes) {
          if (rack === undefined) agents.lose(id);
          else agents.learn({ id, hostname: id, attributes: { rack } });
          const listed = filter.narrow(agents);
          if (!listed) continue;
          const allowed = [...agents.all].filter(({ facts }) => isInFirstRack(facts));
          expect(new Set(listed)).toEqual(new Set(allowed));
          expect([...agents.all].filter((agent) => filter.allows(agent))).toEqual(allowed);
        }
      }),
    );
  });

  test('lists a few of many, and not those that are many', () => {
    const agents = new ClusterAgents();
    for (let id = 0; id < 100; id++) {
      agents.learn({ id: `${id}`, hostname: 'h', attributes: { rack: id < 5 ? 'r1' : 'r2' } });
    }
    const filters = new AgentFilters();
    const first = filters.get('first', isInFirstRack);
    expect([...(first.narrow(agents) ?? [])].map(({ facts }) => facts.id)).toEqual(['0', '1', '2', '3', '4']);
    expect(filters.get('others', (facts) => !isInFirstRack(facts)).narrow(agents)).toBeUndefined();
    expect(filters.get('first', () => false)).toBe(first);
  });
});
