import { expect, it } from 'vitest';
import { Simulation } from '../../test-helpers/pools/simulation/simulation.ts';
import { twoThousandPilots } from '../../test-helpers/pools/simulation/two-thousand.ts';

it('keeps two thousand pilots for a week of everything that goes wrong, and leaves nothing behind', {
  timeout: 240_000,
}, () => {
  // As much as a hundred pilots hold that nobody could ever make use of.
  const simulation = new Simulation({ ...twoThousandPilots, strangeTasks: 800, changesPerDay: 2 });
  const figures = simulation.run();
  expect(simulation.laws.broken).toEqual([]);
  expect(simulation.isFinished).toBe(true);
  // Nothing was lost for good: what was lost was run again.
  expect(simulation.tasks.done).toBe(simulation.tasks.came);
  expect(figures.tasksLost).toBeGreaterThan(0);
  // The scenario was as bad as it says.
  expect(figures.mostPilots).toBe(2000);
  expect(figures.crashes).toBeGreaterThan(10);
  expect(figures.pauses).toBeGreaterThan(0);
  expect(figures.ends.keys().toArray()).toEqual(
    expect.arrayContaining([
      'refused',
      'never-submitted',
      'never-registered',
      'preempted',
      'node-failed',
      'lost',
    ]),
  );
  // There were as many agents as were needed, but for the time that the queue takes and that idle ones are kept.
  expect(figures.agentsHad).toBeGreaterThan(0.8 * figures.agentsNeeded);
  expect(figures.agentsAsked).toBeLessThan(1.5 * figures.agentsNeeded);
  expect(figures.statusCallsPerMinute).toBeLessThanOrEqual(2);
});
