import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LittleCluster } from '../testing/little-cluster.ts';
import { chooseAgent, HeadOfLine } from './head-of-line.ts';
import { KeptAgents } from './kept-agents.ts';
import { fitsSooner, whenFits } from './when-fits.ts';

const head = (keeper: string, cores: number, role = '*') => ({
  keeper,
  role,
  waitingSince: 0,
  wanted: [cores],
});

const idle = (id: string, cores: number) => ({ id, free: [cores], attempts: [], total: [cores] });

describe('HeadOfLine', () => {
  it('keeps an agent for a task after its patience, and for no other of its role meanwhile', () => {
    const kept = new KeptAgents();
    const line = new HeadOfLine({ patience: 60 }, kept);
    const [first, second, elsewhere] = [head('x', 4), head('y', 4), head('z', 4, 'other')];
    expect([line.isDue(first, 59_999), line.isDue(first, 60_000)]).toEqual([false, true]);
    expect(line.keep(first, [idle('a', 8)], 60_000)).toMatchObject({
      agentId: 'a',
      owner: 'x',
      from: 60_000,
    });
    expect([line.isDue(first, 70_000), line.isDue(second, 70_000)]).toEqual([false, false]);
    expect(line.isDue(elsewhere, 70_000)).toBe(true);
    line.release('x');
    expect(kept.all).toEqual([]);
    expect(line.isDue(second, 70_000)).toBe(true);
  });

  it('chooses again when the agent is lost, and gives the turn away when there is no other', () => {
    const kept = new KeptAgents();
    const line = new HeadOfLine({ patience: 0 }, kept);
    const [first, second] = [head('x', 4), head('y', 4)];
    line.keep(first, [idle('a', 8)], 0);
    kept.agentLost('a');
    expect([line.isDue(first, 1), line.isDue(second, 1)]).toEqual([true, false]);
    expect(line.keep(first, [idle('b', 3)], 1)).toBeUndefined();
    expect(line.isDue(second, 1)).toBe(true);
  });

  it('chooses the agent with room soonest, and none that is kept for another', () => {
    const kept = new KeptAgents();
    const line = new HeadOfLine({ patience: 0 }, kept, 2);
    const busy = (id: string, expectedEnd?: number) => ({
      ...idle(id, 0),
      attempts: [{ id: `on ${id}`, resources: [4], expectedEnd }],
      total: [4],
    });
    const agents = [busy('a'), busy('b', 900), busy('c', 300)];
    expect(line.keep(head('x', 4), agents, 0)).toMatchObject({ agentId: 'c', from: 300 });
    expect(line.keep(head('y', 4), agents, 0)).toMatchObject({ agentId: 'b', from: 900 });
  });

  it('chooses the same agent as if it had looked at each', () => {
    const attempts = fc.array(
      fc.record({ resources: fc.tuple(fc.nat(4)), expectedEnd: fc.option(fc.nat(20), { nil: undefined }) }),
      { maxLength: 4 },
    );
    const agents = fc.array(fc.record({ free: fc.tuple(fc.nat(4)), attempts }), { maxLength: 8 });
    fc.assert(
      fc.property(agents, fc.nat(10), (given, cores) => {
        const all = given.map(({ free, attempts: on }, a) => ({
          id: `a${a}`,
          free,
          attempts: on.map((fields, index) => ({ ...fields, id: `${a}-${index}` })),
        }));
        const fits = all.flatMap((agent) => {
          const fit = whenFits([cores], agent, 5);
          return fit ? [{ agentId: agent.id, fit }] : [];
        });
        const [best] = fits.toSorted((a, b) => (fitsSooner(a, b) ? -1 : 1));
        expect(chooseAgent([cores], all, new KeptAgents(), 5)).toEqual(best);
      }),
    );
  });

  it('starts a large task when it was promised, however many small ones come, if they end when they are to', () => {
    fc.assert(
      fc.property(crowds, (crowd) => {
        const { start, promised } = whenHeadStarts(crowd, (run) => run);
        expect(start).toBeLessThanOrEqual(Math.max(promised, 10));
      }),
      { numRuns: 60 },
    );
  });

  it('starts a large task within a bound if nobody knows when small ones end', () => {
    fc.assert(
      fc.property(crowds, (crowd) => {
        const { start, chosen } = whenHeadStarts(crowd, () => undefined);
        expect(start).toBeLessThanOrEqual(Math.max(chosen, 10) + longestRun);
      }),
      { numRuns: 60 },
    );
  });

  it('starts a large task within a bound if small ones run longer than they were to', () => {
    fc.assert(
      fc.property(crowds, (crowd) => {
        const { start, promised } = whenHeadStarts(crowd, (run) => Math.ceil(run / 3));
        expect(start).toBeLessThanOrEqual(Math.max(promised, 10) + longestRun);
      }),
      { numRuns: 60 },
    );
  });
});

const longestRun = 12;

interface Crowd {
  readonly agents: readonly number[];
  /** Cores of the large task, if there is an agent that has so many. */
  readonly large: number;
  /** Cores and run time of the small tasks, over and over. */
  readonly tasks: readonly (readonly [cores: number, run: number])[];
}

const crowds: fc.Arbitrary<Crowd> = fc.record({
  agents: fc.array(fc.integer({ min: 3, max: 8 }), { minLength: 1, maxLength: 4 }),
  large: fc.integer({ min: 3, max: 8 }),
  tasks: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: longestRun })), {
    minLength: 1,
    maxLength: 30,
  }),
});

type Estimate = (run: number) => number | undefined;

interface Course {
  readonly start: number;
  /** What the choice of an agent promised, and when it was made. */
  readonly promised: number;
  readonly chosen: number;
}

/** Small tasks fill all room there is, every second; from the tenth on a task waits that needs more. */
function whenHeadStarts({ agents, large: cores, tasks }: Crowd, estimate: Estimate): Course {
  const cluster = new LittleCluster(agents.map((total) => [total]));
  const kept = new KeptAgents();
  const line = new HeadOfLine({ patience: 0 }, kept);
  const large = { ...head('large', Math.min(cores, Math.max(...agents))), waitingSince: 10 };
  let course: Course = { start: Number.POSITIVE_INFINITY, promised: 0, chosen: 0 };
  for (let now = 0; now < 200; now++) {
    cluster.endUntil(now);
    for (const agent of cluster.agents) kept.refresh(agent, now);
    if (now >= large.waitingSince && cluster.withRoomFor(large.wanted).length > 0) {
      return { ...course, start: now };
    }
    const keeping = line.isDue(large, now) && line.keep(large, cluster.agents, now);
    if (keeping) course = { ...course, promised: keeping.from, chosen: now };
    for (let turn = 0; turn < 40; turn++) {
      startSmall(cluster, kept, tasks[(now * 40 + turn) % tasks.length] ?? [1, 1], estimate, now);
    }
  }
  return course;
}

function startSmall(
  cluster: LittleCluster,
  kept: KeptAgents,
  [cores, run]: Crowd['tasks'][number],
  estimate: Estimate,
  now: number,
): void {
  const expected = estimate(run);
  const expectedEnd = expected === undefined ? undefined : now + expected;
  const room = cluster.withRoomFor([cores]).find((id) => kept.mayUse(id, [cores], expectedEnd));
  if (room === undefined) return;
  cluster.start(room, [cores], now + run, expectedEnd);
  kept.used(room, [cores], expectedEnd);
}
