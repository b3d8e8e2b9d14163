import { describe, expect, test } from 'vitest';
import { Town } from './town.ts';

const headOfLine = { patience: 5 };

/** So many tasks come each second that all agents are always full of them. */
const flood =
  (town: Town, each: Parameters<Town['add']>[1] = {}, perSecond = 8) =>
  (second: number) => {
    for (let index = 0; index < perSecond; index++) {
      town.add(`small-${second}-${index}`, { runs: 2 + (index % 3), expectedRunSeconds: 4, ...each });
    }
  };

describe('a task that small ones pass', () => {
  test('starts within its bound if it is large', () => {
    const town = new Town({ x: { cpus: 4 }, y: { cpus: 4 } }, { headOfLine });
    town.passUntil(() => false, 3, flood(town));
    town.add('large', { cpus: 4 });
    const waited = town.passUntil(() => town.started.has('large'), 60, flood(town));
    // Its patience, a look each second, and what is there then ends within 4.
    expect(waited).toBeLessThanOrEqual(5 + 2 + 4 + 1);
  });

  test('starts within its bound though another before it asks for what no known agent has', () => {
    const town = new Town({ x: { cpus: 4 }, y: { cpus: 4 } }, { headOfLine });
    town.add('hopeless', { cpus: 64 });
    town.passUntil(() => false, 3, flood(town));
    town.add('large', { cpus: 4 });
    expect(town.passUntil(() => town.started.has('large'), 60, flood(town))).toBeLessThanOrEqual(12);
  });

  test('starts within its bound though another before it may use no agent at the moment', () => {
    const town = new Town({ x: { cpus: 4 }, y: { cpus: 4 } }, { headOfLine });
    town.add('first', { cpus: 4, constraints: [{ type: 'away-from', field: '@hostname', from: 'flood' }] });
    town.passUntil(() => false, 3, flood(town, { tags: ['flood'] }));
    town.add('large', { cpus: 4 });
    expect(
      town.passUntil(() => town.started.has('large'), 120, flood(town, { tags: ['flood'] })),
    ).toBeLessThanOrEqual(24);
  });

  test('starts within a bound if it wants an agent for itself', () => {
    const town = new Town({ x: { cpus: 4 }, y: { cpus: 4 } }, { headOfLine });
    town.passUntil(() => false, 3, flood(town));
    town.add('alone', { cpus: 1, constraints: [{ type: 'exclusive' }] });
    expect(town.passUntil(() => town.started.has('alone'), 60, flood(town))).toBeLessThanOrEqual(12);
  });

  test('starts within its bound if its user has most of the cluster for ever', () => {
    const town = new Town({ x: { cpus: 4 } }, { headOfLine });
    for (let index = 0; index < 3; index++) town.add(`for ever ${index}`, { user: 'greedy' });
    town.pass();
    town.add('one more', { user: 'greedy' });
    expect(
      town.passUntil(() => town.started.has('one more'), 60, flood(town, { user: 'modest' }, 2)),
    ).toBeLessThanOrEqual(12);
  });

  test('does not keep an agent in vain for a task whose quota is used up', () => {
    const town = new Town(
      { x: { cpus: 4 }, y: { cpus: 4 } },
      { headOfLine, queues: { q: { quota: { tasks: 3 } } }, users: {} },
    );
    for (let index = 0; index < 8; index++) town.add(`first ${index}`, { runs: 9 + index });
    town.pass();
    town.add('large', { cpus: 4, queue: 'q' });
    town.passUntil(() => false, 8);
    for (let index = 0; index < 3; index++) town.add(`of q ${index}`, { queue: 'q', priority: 50 });
    for (let index = 0; index < 8; index++) town.add(`other ${index}`);
    town.passUntil(() => false, 30);
    const started = (kind: string) => [...town.started.keys()].filter((id) => id.startsWith(kind)).length;
    expect({ large: started('large'), ofQueue: started('of q'), others: started('other') }).toEqual({
      large: 0,
      ofQueue: 3,
      others: 5,
    });
  });

  test('has an agent kept for it that stays long enough', () => {
    const town = new Town({ x: { cpus: 4, goesAt: 100 }, y: { cpus: 4 } }, { headOfLine });
    town.passUntil(() => false, 3, flood(town));
    town.add('large', { cpus: 4, expectedRunSeconds: 1000 });
    expect(town.passUntil(() => town.started.has('large'), 60, flood(town))).toBeLessThanOrEqual(12);
    expect(town.running.large).toBe('y');
  });
});
