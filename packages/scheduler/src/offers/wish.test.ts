import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileConstraints, type RuleGroups } from '../constraints/index.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { TaskResources } from '../model/amounts.ts';
import type { Constraint } from '../model/constraint.ts';
import { fitsInto, type Resources, resourceNames } from '../model/resources.ts';
import type { AgentRule, OfferWish } from '../ports/driver.ts';
import { anyOffer, offerWish, type WishDemand } from './wish.ts';

const size = (cpus: number, mem: number, disk = 0): Resources => ({ cpus, mem, disk });

const demand = (resources: TaskResources, ...constraints: Constraint[]): WishDemand => ({
  resources,
  constraints: compileConstraints({ constraints }),
});

const smallest = (...amounts: Resources[]) => offerWish(amounts.map((amount) => demand(amount))).smallest;

describe('the smallest amounts that are wished for', () => {
  it('are those that no other makes unnecessary', () => {
    expect(smallest(size(4, 8), size(1, 16), size(2, 2), size(4, 2))).toEqual([size(1, 16), size(2, 2)]);
  });

  it('are none if some task asks for nothing or takes what is revocable', () => {
    expect(smallest(size(1, 1), size(0, 0))).toEqual([]);
    const large = demand(size(4, 4));
    expect(
      offerWish([large, { ...large, resources: { ...large.resources, revocable: true } }]).smallest,
    ).toEqual([]);
  });

  it('are few, however many shapes wait, and those that are merged are alike', () => {
    const shapes = Array.from({ length: 200 }, (_, step) => size(1 + step, 1000 - step));
    const wished = smallest(...shapes);
    expect(wished.length).toBeLessThanOrEqual(10);
    expect(wished.some((amount) => amount.cpus >= 50)).toBe(true);
    expect(shapes.every((shape) => wished.some((amount) => fitsInto(amount, shape)))).toBe(true);
  });
});

const rule = (field: string, predicate: AgentRule['predicate'], operand = ''): AgentRule => ({
  field,
  predicate,
  operand,
});

const agentsFor = (...constraints: Constraint[]) => offerWish([demand(size(1, 1), ...constraints)]).agents;

describe('the agents that are wished for', () => {
  it('keep all rules of a task, and those of one task', () => {
    const ssd: Constraint = { type: 'equals', field: 'disk', value: 'ssd' };
    const east: Constraint = { type: 'matches', field: '@hostname', pattern: 'east-\\d+' };
    const gpu: Constraint = { type: 'gpu-model', models: ['A100', 'V100'] };
    expect(offerWish([demand(size(1, 1), east, ssd), demand(size(1, 1), gpu)]).agents).toEqual([
      [rule('@hostname', 'matches', 'east-\\d+'), rule('disk', 'equals', 'ssd')],
      [rule('gpu_model', 'equals', 'A100')],
      [rule('gpu_model', 'equals', 'V100')],
    ]);
  });

  it('are any as soon as one task may go anywhere, or far too many kinds are asked for', () => {
    const ssd: Constraint = { type: 'equals', field: 'disk', value: 'ssd' };
    expect(offerWish([demand(size(1, 1), ssd), demand(size(1, 1))]).agents).toEqual([]);
    const hosts = Array.from({ length: 51 }, (_, number) =>
      demand(size(1, 1), { type: 'equals', field: '@hostname', value: `host-${number}` }),
    );
    expect(offerWish(hosts.slice(1)).agents).toHaveLength(50);
    expect(offerWish(hosts).agents).toEqual([]);
  });

  it('need no rule that another makes unnecessary, in whatever order they were written', () => {
    const a: Constraint = { type: 'equals', field: 'a', value: '1' };
    const b: Constraint = { type: 'equals', field: 'b', value: '1', not: true };
    expect(
      offerWish([demand(size(1, 1), a, b), demand(size(1, 1), b, a), demand(size(1, 1), b)]).agents,
    ).toEqual([[rule('b', 'not-equals', '1')]]);
  });

  it('have the fields that tasks are counted by', () => {
    expect(agentsFor({ type: 'unique', field: 'rack', among: 'web' })).toEqual([[rule('rack', 'exists')]]);
    expect(agentsFor({ type: 'unique', field: '@hostname', among: 'web' })).toEqual([]);
    expect(agentsFor({ type: 'near', field: 'rack', to: 'web' })).toEqual([]);
  });

  it('are in a zone of a region, as a master knows them apart', () => {
    expect(agentsFor({ type: 'equals', field: '@zone', value: 'eu/1' })).toEqual([
      [rule('@region', 'equals', 'eu'), rule('@zone', 'equals', '1')],
    ]);
    expect(agentsFor({ type: 'equals', field: '@zone', value: 'eu/1', not: true })).toEqual([]);
    expect(agentsFor({ type: 'equals', field: '@zone', value: 'eu/1/2' })).toEqual([]);
    expect(agentsFor({ type: 'equals', field: '@agent', value: 'S1' })).toEqual([]);
  });

  it.each([
    '.{20}',
    '.........',
    '(?i)gpu',
    '(?<name>a)',
    '\\pL',
    '[^a][^b][^c][^d][^e][^f][^g][^h][^i]',
    'x{101}',
  ])('are not asked for by a pattern that a master may refuse: %s', (pattern) => {
    expect(agentsFor({ type: 'matches', field: 'a', pattern })).toEqual([]);
  });

  it.each(['a.*', 'node-[0-9]+\\.example\\.org', '(?:a|b)', '[a-z]{40}', '\\D\\W'])(
    'are asked for by a pattern that a master takes: %s',
    (pattern) => {
      expect(agentsFor({ type: 'matches', field: 'a', pattern })).toEqual([[rule('a', 'matches', pattern)]]);
    },
  );

  it('are not asked for by more alternatives than a master should look at', () => {
    const values = Array.from({ length: 17 }, (_, number) => `v${number}`);
    const ssd: Constraint = { type: 'equals', field: 'disk', value: 'ssd' };
    expect(agentsFor({ type: 'in', field: 'a', values }, ssd)).toEqual([[rule('disk', 'equals', 'ssd')]]);
    expect(agentsFor({ type: 'in', field: 'a', values, not: true })[0]).toHaveLength(17);
  });
});

describe('a wish', () => {
  it('is the same for the same demands, and any offer for none', () => {
    const demands = [demand(size(1, 2)), demand(size(2, 1))];
    expect(offerWish(demands)).toEqual(offerWish(demands.toReversed()));
    expect(offerWish([])).toEqual(anyOffer([]));
  });

  it('tells whether graphics processors are asked for', () => {
    const gpu = demand({ ...size(1, 1), gpus: 1 });
    expect(offerWish([demand(size(1, 1)), gpu]).gpus).toBe(true);
    expect(anyOffer([gpu])).toEqual({ smallest: [], agents: [], gpus: true });
    expect(offerWish([demand({ ...size(1, 1), gpus: 0 })])).not.toHaveProperty('gpus');
  });
});

/** Judges as a master does, by `offer_constraints_filter.cpp`, where all attributes are texts. */
const keepsRule = ({ field, predicate, operand }: AgentRule, agent: AgentFacts): boolean => {
  const own: Record<string, string | undefined> = {
    '@hostname': agent.hostname,
    '@region': agent.region,
    '@zone': agent.zone,
  };
  const value = Object.hasOwn(own, field) ? own[field] : agent.attributes[field];
  switch (predicate) {
    case 'exists':
      return value !== undefined;
    case 'not-exists':
      return value === undefined;
    case 'equals':
      return value === operand;
    case 'not-equals':
      return value !== operand;
    case 'matches':
      return value !== undefined && RE2JS.matches(operand, value);
    case 'not-matches':
      return value === undefined || !RE2JS.matches(operand, value);
  }
};

const keepsOne = (groups: RuleGroups, agent: AgentFacts) =>
  groups.length === 0 || groups.some((rules) => rules.every((each) => keepsRule(each, agent)));

const passes = ({ smallest: amounts, agents }: OfferWish, agent: AgentFacts, offered: Resources) =>
  (amounts.length === 0 || amounts.some((amount) => fitsInto(amount, offered))) && keepsOne(agents, agent);

const fields = ['a', 'b', '@hostname', '@agent', '@region', '@zone'];
const field = fc.constantFrom(...fields);
const value = fc.constantFrom('x', 'y', 'z', 'x/y');
const not = fc.boolean();

const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  fc.record({ type: fc.constant('equals' as const), field, value, not }),
  fc.record({
    type: fc.constant('in' as const),
    field,
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
    not,
  }),
  fc.record({
    type: fc.constant('matches' as const),
    field,
    pattern: fc.constantFrom('x', 'x|y', '[xy]', 'x.*', '[^x]+', '(?i)X'),
    not,
  }),
  fc.record({ type: fc.constant('unique' as const), field, among: fc.constant('web') }),
  fc.record({ type: fc.constant('away-from' as const), field, from: fc.constant('web') }),
);

const amounts: fc.Arbitrary<Resources> = fc.record({
  cpus: fc.integer({ min: 0, max: 80 }).map((tenths) => tenths / 10),
  mem: fc.integer({ min: 0, max: 64 }),
  disk: fc.integer({ min: 0, max: 4 }),
});

const agents: fc.Arbitrary<AgentFacts> = fc.record(
  {
    id: value,
    hostname: value,
    attributes: fc.record({ a: value, b: value }, { requiredKeys: [] }),
    region: value,
    zone: value,
  },
  { requiredKeys: ['id', 'hostname', 'attributes'] },
);

describe('an offer that some task could use', () => {
  it('is never left out, whatever waits', () => {
    let useful = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amounts, fc.array(constraint, { maxLength: 3 })), { maxLength: 30 }),
        fc.array(fc.tuple(agents, amounts), { minLength: 1, maxLength: 20 }),
        (waiting, offers) => {
          const tasks = waiting.map(([resources, constraints]) => ({
            resources,
            constraints: compileConstraints({ constraints }),
          }));
          const wish = offerWish(tasks);
          for (const [agent, offered] of offers) {
            const isUseful = tasks.some(
              (task) => fitsInto(task.resources, offered) && task.constraints.allowsAgent(agent),
            );
            if (!isUseful) continue;
            useful++;
            expect(passes(wish, agent, offered)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(useful).toBeGreaterThan(100);
  });

  it('is told from useless ones by a single task as exactly as a master can', () => {
    fc.assert(
      fc.property(
        amounts,
        fc.constantFrom('a', 'b', '@hostname', '@region'),
        value,
        agents,
        amounts,
        (...given) => {
          const [resources, onField, wanted, agent, offered] = given;
          const task = demand(resources, { type: 'equals', field: onField, value: wanted });
          const isUseful = fitsInto(resources, offered) && keepsOne(task.constraints.rules, agent);
          const asksForSome = resourceNames.some((name) => resources[name] > 0);
          fc.pre(asksForSome);
          expect(passes(offerWish([task]), agent, offered)).toBe(isUseful);
        },
      ),
    );
  });
});
