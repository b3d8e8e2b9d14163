import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptAgents } from '../fairness/kept-agents.ts';
import { GangWorld, type GangWorldOptions } from '../testing/gang-world.ts';
import { GangDesk } from './gang-desk.ts';

const idle = (id: string, cores: number) => ({
  id,
  free: [cores * 1000],
  attempts: [],
  total: [cores * 1000],
});

const deskOf = (maximumSeconds = 10, maximumShare = 1) => {
  const kept = new KeptAgents();
  const desk = new GangDesk({ maximumSeconds, maximumShare }, kept);
  const hoard = (gangId: string, now: number, agents = [idle('a', 4)]) =>
    desk.hoard({ gangId, members: [[2000], [2000]], agents, knownCores: 4 }, now);
  return { kept, desk, hoard };
};

const addGang = (desk: GangDesk, id: string): void => {
  desk.add({ id, size: 2 }, `${id}-1`);
  desk.add({ id, size: 2 }, `${id}-2`);
};

describe('GangDesk', () => {
  it('has a gang wait until all its tasks are there, and again when one is gone', () => {
    const { desk } = deskOf();
    desk.add({ id: 'g', size: 2 }, 'x');
    expect(desk.complete()).toEqual([]);
    desk.add({ id: 'g', size: 2 }, 'y');
    expect(desk.complete()).toEqual([{ id: 'g', taskIds: new Set(['x', 'y']), hoards: false }]);
    desk.remove('g', 'x');
    expect([desk.isComplete('g'), desk.nextInLine(0)]).toEqual([false, undefined]);
  });

  it('keeps nothing for a gang that asks for more cores than all agents have, and the next has its turn', () => {
    const { desk, kept } = deskOf();
    for (const id of ['g', 'h']) addGang(desk, id);
    const request = { agents: [idle('a', 4)], knownCores: 4 };
    expect(desk.hoard({ ...request, gangId: 'g', members: [[2000], [2001]] }, 0)).toEqual([]);
    expect([kept.all, desk.nextInLine(0)]).toEqual([[], 'h']);
  });

  it('lets one gang hoard at a time, and the next when its time is up', () => {
    const { desk, kept, hoard } = deskOf();
    for (const id of ['g', 'h']) addGang(desk, id);
    expect(desk.nextInLine(0)).toBe('g');
    expect(hoard('g', 0)).toMatchObject([{ agentId: 'a', members: [0, 1] }]);
    expect([desk.nextInLine(5000), desk.expire(9999), desk.nextDeadline]).toEqual([
      undefined,
      undefined,
      10_000,
    ]);
    expect(() => hoard('h', 5000)).toThrow(/Gang h may not hoard/);
    expect(desk.expire(10_000)).toBe('g');
    expect(kept.all).toEqual([]);
    expect(desk.nextInLine(10_000)).toBe('h');
  });

  it('has a gang rest after turns in vain, longer each time, though it may start whenever it fits', () => {
    const { desk, hoard } = deskOf();
    addGang(desk, 'g');
    const rests: number[] = [];
    for (let turn = 0, now = 0; turn < 6; turn++) {
      hoard('g', now);
      const end = desk.nextDeadline;
      desk.expire(end);
      expect(desk.nextInLine(end)).toBeUndefined();
      expect(desk.isComplete('g')).toBe(true);
      rests.push(desk.nextDeadline - end);
      now = desk.nextDeadline;
    }
    expect(rests).toEqual([10_000, 20_000, 40_000, 80_000, 80_000, 80_000]);
  });

  it('passes over a gang for which nothing can be kept', () => {
    const { desk, hoard } = deskOf();
    for (const id of ['g', 'h']) addGang(desk, id);
    expect(hoard('g', 0, [idle('a', 1)])).toEqual([]);
    expect(desk.nextInLine(0)).toBe('h');
  });

  it('keeps other agents for the gang that hoards when one was lost, in the time that it has', () => {
    const { desk, kept, hoard } = deskOf();
    addGang(desk, 'g');
    hoard('g', 0);
    expect(kept.agentLost('a')).toBe('g');
    expect(hoard('g', 4000, [idle('b', 4)])).toHaveLength(1);
    expect([desk.nextDeadline, kept.agentsOf('g')]).toEqual([10_000, ['b']]);
  });

  it.each<[string, (desk: GangDesk) => void]>([
    ['started', (desk) => desk.launched('g')],
    ['cancelled', (desk) => desk.remove('g', 'g-1')],
  ])('gives free what is kept for a gang that was %s', (_, end) => {
    const { desk, kept, hoard } = deskOf();
    for (const id of ['g', 'h']) addGang(desk, id);
    hoard('g', 0);
    end(desk);
    expect([kept.all, desk.nextInLine(0)]).toEqual([[], 'h']);
  });

  it('starts every gang that can ever fit, within a bound, though others compete and small tasks fill the cluster', () => {
    fc.assert(
      fc.property(worlds, (options) => {
        const world = new GangWorld({ ...options, maximumSeconds: longestRun + 1 });
        const bound = options.gangs.length * (longestRun + 1);
        world.run(bound);
        expect(world.started.size).toBe(options.gangs.length);
      }),
      { numRuns: 60 },
    );
  });

  it('gives each gang its turn, and small tasks room, where no turn is long enough', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 3 }), (options, maximumSeconds) => {
        const world = new GangWorld({ ...options, maximumSeconds });
        world.run(options.gangs.length * maximumSeconds);
        for (const [index] of options.gangs.entries()) {
          expect(world.started.has(`g${index}`) || world.turns.has(`g${index}`)).toBe(true);
        }
        const before = world.smallTasks;
        world.run(2 * longestRun * options.gangs.length);
        expect(world.smallTasks).toBeGreaterThan(before);
      }),
      { numRuns: 60 },
    );
  });

  it('never holds more than its share, nor longer than its time', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 1, max: 20 }), (options, maximumSeconds) => {
        const world = new GangWorld({ ...options, maximumShare: 0.4, maximumSeconds });
        world.run(80);
        expect(world.mostHeld).toBeLessThanOrEqual(0.4);
        expect(world.longestTurn).toBeLessThanOrEqual(maximumSeconds);
      }),
      { numRuns: 60 },
    );
  });
});

const longestRun = 8;

/** Clusters with gangs that fit into them, each alone, and small tasks without end. */
const worlds: fc.Arbitrary<Omit<GangWorldOptions, 'maximumSeconds'>> = fc
  .record({
    agents: fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 2, maxLength: 5 }),
    gangs: fc.array(
      fc.record({ size: fc.integer({ min: 2, max: 6 }), run: fc.integer({ min: 1, max: longestRun }) }),
      {
        minLength: 2,
        maxLength: 5,
      },
    ),
    tasks: fc.array(fc.integer({ min: 1, max: longestRun }), { minLength: 1, maxLength: 20 }),
  })
  .map(({ agents, gangs, tasks }) => {
    const pairs = agents.reduce((sum, cores) => sum + Math.floor(cores / 2), 0);
    return {
      agents,
      tasks,
      gangs: gangs.map(({ size, run }) => ({ size: Math.min(size, pairs), run })),
      maximumShare: 1,
    };
  });
