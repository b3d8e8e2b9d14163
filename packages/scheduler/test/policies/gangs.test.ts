import { describe, expect, test } from 'vitest';
import { Town } from './town.ts';

function gang(town: Town, id: string, size: number, cpus: number, runs = 5): void {
  for (let member = 0; member < size; member++) {
    town.add(`${id}-${member}`, { cpus, runs, expectedRunSeconds: runs, gang: { id, size } });
  }
}

const agents = Object.fromEntries(['w', 'x', 'y', 'z'].map((id) => [id, { cpus: 4 }]));
const hoarding = { maximumSeconds: 10, maximumShare: 1 };

/** Small tasks keep all agents full. */
const flood = (town: Town) => (second: number) => {
  for (let index = 0; index < 12; index++) {
    town.add(`small-${second}-${index}`, { runs: 2 + (index % 3), expectedRunSeconds: 4 });
  }
};

describe('gangs', () => {
  test('start on several agents in the same round, or not at all', () => {
    const town = new Town(agents);
    for (let index = 0; index < 4; index++) town.add(`before-${index}`, { cpus: 2, runs: 6 + index });
    town.pass();
    gang(town, 'mpi', 4, 3);
    const seen = new Set<number>();
    town.passUntil(() => town.started.has('mpi-0'), 20);
    for (let member = 0; member < 4; member++) seen.add(town.started.get(`mpi-${member}`) ?? -1);
    expect([...seen]).toHaveLength(1);
    expect(seen.has(-1)).toBe(false);
    const where = Object.entries(town.running).filter(([id]) => id.startsWith('mpi'));
    expect(new Set(where.map(([, agent]) => agent)).size).toBe(4);
  });

  test('two that each need all agents, and small tasks that keep coming: both start', () => {
    const town = new Town(agents, { hoarding });
    town.passUntil(() => false, 3, flood(town));
    gang(town, 'one', 4, 4);
    gang(town, 'two', 4, 4);
    const isThrough = () => town.started.has('one-0') && town.started.has('two-0');
    expect(town.passUntil(isThrough, 60, flood(town))).toBeLessThan(60);
    for (const id of ['one', 'two']) {
      const begun = [0, 1, 2, 3].map((member) => town.started.get(`${id}-${member}`));
      expect(new Set(begun).size).toBe(1);
    }
  });

  test('hold back no more than their share, and give it back when their time is up', () => {
    const town = new Town(agents, { hoarding: { maximumSeconds: 10, maximumShare: 0.5 } });
    town.add('for ever', { cpus: 4 });
    town.pass();
    gang(town, 'mpi', 4, 4);
    town.passUntil(() => false, 4);
    expect(town.cluster.offers.size).toBe(2);
    for (let index = 0; index < 3; index++) town.add(`small-${index}`, { cpus: 4 });
    town.passUntil(() => false, 2);
    expect(Object.keys(town.running).filter((id) => id.startsWith('small'))).toHaveLength(1);
    town.passUntil(() => false, 8);
    expect(Object.keys(town.running).filter((id) => id.startsWith('small'))).toHaveLength(3);
  });

  test('start at the end of the turn of one that held in vain what they need', () => {
    const town = new Town(agents, { hoarding });
    town.add('for ever', { cpus: 1 });
    town.pass();
    gang(town, 'four', 4, 4);
    town.passUntil(() => false, 2);
    expect(town.cluster.offers.size).toBe(4);
    gang(town, 'three', 3, 4);
    expect(town.passUntil(() => town.started.has('three-0'), 30)).toBeLessThanOrEqual(10);
  });

  test('that never fit do not keep others from having their turns', () => {
    const town = new Town(agents, { hoarding });
    gang(town, 'huge', 40, 4);
    town.passUntil(() => false, 3, flood(town));
    gang(town, 'mpi', 4, 4);
    expect(town.passUntil(() => town.started.has('mpi-0'), 60, flood(town))).toBeLessThan(60);
    expect(town.started.has('huge-0')).toBe(false);
  });
});

describe('groups', () => {
  test('get one agent that has room for all their tasks', () => {
    const town = new Town({ x: { cpus: 3 }, y: { cpus: 4 } });
    for (const id of ['a', 'b']) town.add(id, { cpus: 2, group: { id: 'pod', size: 2 } });
    town.pass();
    expect(town.running).toEqual({ a: 'y', b: 'y' });
  });

  test('have an agent kept for them where small tasks keep coming', () => {
    const town = new Town(agents, { headOfLine: { patience: 5 } });
    town.passUntil(() => false, 3, flood(town));
    for (const id of ['a', 'b']) town.add(id, { cpus: 2, group: { id: 'pod', size: 2 } });
    expect(town.passUntil(() => town.started.has('a'), 60, flood(town))).toBeLessThanOrEqual(12);
  });
});
