import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../test-helpers/pools/simulation/scenario.ts';
import { Simulation } from '../../test-helpers/pools/simulation/simulation.ts';
import { testPool } from '../../test-helpers/pools/test-cluster.ts';
import { compacted } from './compaction.ts';
import { foldEvents } from './ledger.ts';

const rate = (max: number) => fc.double({ min: 0, max, noNaN: true });

const pool = fc.record({
  min: fc.integer({ min: 0, max: 3 }),
  more: fc.integer({ min: 0, max: 9 }),
  backlog: fc.integer({ min: 1, max: 6 }),
  walltimeSeconds: fc.integer({ min: 1800, max: 20_000 }),
  idleSeconds: fc.constantFrom(0, 60, 600),
  keepAliveSeconds: fc.constantFrom(0, 900),
});

/** Half a day of a small cluster, in which anything may go wrong as often as you like. */
const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    main: pool,
    big: pool,
    keepsAccounts: fc.boolean(),
    excludesNodes: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    tickSeconds: fc.constantFrom(10, 20, 45),
    queueWait: fc.integer({ min: 1, max: 3000 }),
    badNodes: fc.integer({ min: 0, max: 4 }),
    refused: rate(0.3),
    unclear: rate(0.3),
    mute: rate(0.3),
    frail: rate(0.3),
    deaf: rate(0.5),
    forgetful: rate(1),
    noNews: rate(0.5),
    preemptionsPerHour: rate(4),
    nodeFailuresPerHour: rate(4),
    cancelsPerHour: rate(4),
    outagesPerDay: rate(12),
    closuresPerDay: rate(6),
    crashesPerDay: rate(60),
    wishesPerDay: rate(60),
    changesPerDay: rate(60),
    masterFailoversPerDay: rate(6),
    strangeTasks: fc.constantFrom(0, 5, 500),
  })
  .map(({ main, big, keepsAccounts, excludesNodes, ...rest }) => ({
    ...rest,
    days: 0.5,
    nodes: 12,
    pools: [
      testPool({ ...main, max: main.min + main.more, name: 'main', system: 'a' }),
      testPool({ ...big, max: big.min + big.more, name: 'big', system: 'b', cpus: 32, memMb: 64_000 }),
    ],
    systems: [
      { key: 'a', excludesNodes, keepsAccounts },
      { key: 'b', excludesNodes: true, keepsAccounts: !keepsAccounts },
    ],
    tasksPerHour: 400,
    burstsPerDay: 8,
    burstSize: 300,
  }));

describe('whatever goes wrong', () => {
  it('there are never too many pilots, no decision is taken twice, and nothing is left in the end', {
    timeout: 240_000,
  }, () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const simulation = new Simulation(scenario);
        simulation.run();
        expect(simulation.laws.broken).toEqual([]);
        expect(simulation.isFinished).toBe(true);
        expect(simulation.tasks.done).toBe(simulation.tasks.came);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('a journal that is written anew says the same', { timeout: 240_000 }, () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const simulation = new Simulation({ ...scenario, days: 0.2 });
        simulation.live();
        const { ledger } = simulation.state;
        expect(foldEvents(compacted(ledger))).toEqual(ledger);
      }),
      { numRuns: 10 },
    );
  });
});
