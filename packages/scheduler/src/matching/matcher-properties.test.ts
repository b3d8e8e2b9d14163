import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyCommand, type MatcherCommand } from '../testing/matcher-commands.ts';
import { MatcherFixture } from '../testing/matcher-fixture.ts';

const runs = { numRuns: 150 };

const commands = fc.array(anyCommand, { minLength: 10, maxLength: 60 });

/** What was decided, in words that can be compared. */
function decisionsAfter(happened: readonly MatcherCommand[]): string[] {
  const cluster = new MatcherFixture();
  for (const command of happened) command(cluster);
  cluster.match();
  return [...cluster.running.values()].map(({ spec, agentId }) => `${spec.id} on ${agentId}`);
}

describe('Matcher, whatever happens', () => {
  test('never gives away more than was offered, nor the same thing twice', () => {
    fc.assert(
      fc.property(commands, (happened) => {
        expect(() => decisionsAfter(happened)).not.toThrow();
      }),
      runs,
    );
  });

  test('decides the same if the same happens', () => {
    fc.assert(
      fc.property(commands, (happened) => {
        expect(decisionsAfter(happened)).toEqual(decisionsAfter(happened));
      }),
      { numRuns: 40 },
    );
  });

  test('answers every offer once no gang waits that it could be held for', () => {
    fc.assert(
      fc.property(commands, (happened) => {
        const cluster = new MatcherFixture();
        for (const command of happened) command(cluster);
        for (const { id, gang } of cluster.specs.values()) if (gang) cluster.matcher.remove(id);
        cluster.match();
        expect([...cluster.offers.keys()]).toEqual([]);
      }),
      runs,
    );
  });
});

interface Scene {
  readonly agents: readonly number[];
  readonly tasks: readonly number[];
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  agents: fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 30 }),
  tasks: fc.array(fc.constantFrom(1, 2, 3, 5), { minLength: 1, maxLength: 200 }),
});

/** Puts each task where least is left, or most, one after the other, looking at all agents for each. */
function coresFilledOneByOne({ agents, tasks }: Scene, isBestFit: boolean): number {
  const free = [...agents];
  let filled = 0;
  for (const cpus of tasks) {
    const fitting = [...free.keys()].filter((agent) => (free[agent] ?? 0) >= cpus);
    const [best] = fitting.sort((a, b) => ((free[a] ?? 0) - (free[b] ?? 0)) * (isBestFit ? 1 : -1));
    if (best === undefined) continue;
    free[best] = (free[best] ?? 0) - cpus;
    filled += cpus;
  }
  return filled;
}

function coresFilled({ agents, tasks }: Scene, placement: string): number {
  const cluster = new MatcherFixture({ placement });
  for (const [number, cpus] of tasks.entries()) {
    cluster.add(`task-${number}`, { resources: { cpus, mem: 0, disk: 0 } });
  }
  for (const [number, cpus] of agents.entries()) cluster.offer(`agent-${number}`, { cpus });
  cluster.match();
  return [...cluster.running.values()].reduce((sum, { spec }) => sum + spec.resources.cpus, 0);
}

describe('Matcher, compared with looking at all agents for each task', () => {
  test.each(['best-fit', 'spread'])('%s fills as much', (placement) => {
    fc.assert(
      fc.property(scenes, (scene) => {
        expect(coresFilled(scene, placement)).toBe(coresFilledOneByOne(scene, placement === 'best-fit'));
      }),
      runs,
    );
  });
});

interface Mortals {
  /** Times are in tens of seconds; null: for ever, and nobody knows. */
  readonly agents: readonly { readonly cpus: number; readonly ends: number | null }[];
  readonly tasks: readonly { readonly cpus: number; readonly run: number | null }[];
}

const time = fc.option(fc.integer({ min: 1, max: 12 }), { freq: 2 });

const mortals: fc.Arbitrary<Mortals> = fc.record({
  agents: fc.array(fc.record({ cpus: fc.integer({ min: 1, max: 4 }), ends: time }), {
    minLength: 1,
    maxLength: 12,
  }),
  tasks: fc.array(fc.record({ cpus: fc.constantFrom(1, 2, 3), run: time }), { minLength: 1, maxLength: 60 }),
});

/** Places what can be, and answers what is free then on each agent, and the tasks that wait. */
function placeMortals({ agents, tasks }: Mortals) {
  const cluster = new MatcherFixture({ lastStretch: 60 });
  for (const [number, { cpus, run }] of tasks.entries()) {
    const spec = { resources: { cpus, mem: 0, disk: 0 } };
    cluster.add(`${number}`, run === null ? spec : { ...spec, expectedRunSeconds: run * 10 });
  }
  for (const [number, { cpus, ends }] of agents.entries()) {
    const facts = { id: `${number}`, hostname: 'h', attributes: {} };
    cluster.offer(ends === null ? facts : { ...facts, plannedEnd: ends * 10_000 }, { cpus });
  }
  cluster.match();
  const free = agents.map(({ cpus }) => cpus);
  const waiting = new Map(tasks.entries());
  for (const { agentId, spec } of cluster.running.values()) {
    free[Number(agentId)] = (free[Number(agentId)] ?? 0) - spec.resources.cpus;
    waiting.delete(Number(spec.id));
  }
  return { free, waiting: [...waiting.values()] };
}

describe('Matcher with agents that have an end', () => {
  test('lets no task wait that fits anywhere, in room and in time', () => {
    fc.assert(
      fc.property(mortals, (scene) => {
        const { free, waiting } = placeMortals(scene);
        for (const { cpus, run } of waiting) {
          // What is known is rounded up by 9 % at most; for what is not, a minute has to be left.
          const needed = run === null ? 6 : run * 1.1;
          const fitting = scene.agents.filter(
            ({ ends }, number) => cpus <= (free[number] ?? 0) && (ends === null || needed <= ends),
          );
          expect(fitting).toEqual([]);
        }
      }),
      runs,
    );
  });
});

interface Application {
  readonly tasks: number;
  readonly maximum: number;
  readonly zones: number;
  readonly agents: number;
}

const applications: fc.Arbitrary<Application> = fc.record({
  tasks: fc.integer({ min: 1, max: 60 }),
  maximum: fc.integer({ min: 1, max: 4 }),
  zones: fc.integer({ min: 1, max: 4 }),
  agents: fc.integer({ min: 1, max: 12 }),
});

describe('Matcher with constraints that count', () => {
  test('keeps them, and places as many as they allow', () => {
    fc.assert(
      fc.property(applications, ({ tasks, maximum, zones, agents }) => {
        const cluster = new MatcherFixture();
        for (let task = 0; task < tasks; task++) {
          cluster.add(`task-${task}`, {
            tags: ['app'],
            constraints: [
              { type: 'max-per', field: '@agent', among: 'app', maximum },
              { type: 'group-by', field: 'zone', among: 'app' },
            ],
          });
        }
        for (let agent = 0; agent < agents; agent++) {
          const attributes = { zone: `z${agent % zones}` };
          cluster.offer({ id: `${agent}`, hostname: 'h', attributes }, { cpus: 64 });
        }
        cluster.match();
        const where = [...cluster.running.values()].map(({ agentId }) => Number(agentId));
        const known = Math.min(zones, agents);
        const perZone = Array.from(
          { length: known },
          (_, zone) => where.filter((agent) => agent % zones === zone).length,
        );
        const perAgent = Array.from(
          { length: agents },
          (_, agent) => where.filter((other) => other === agent).length,
        );
        expect(Math.max(...perZone) - Math.min(...perZone)).toBeLessThanOrEqual(1);
        expect(Math.max(...perAgent)).toBeLessThanOrEqual(maximum);
        // The zone with fewest agents holds back the others, which may have one more each.
        const fewest = Math.floor(agents / known) * maximum;
        const larger = agents % known;
        expect(where).toHaveLength(Math.min(tasks, fewest * known + larger));
      }),
      runs,
    );
  });
});
