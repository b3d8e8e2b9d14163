import { describe, expect, it } from 'vitest';
import { TestCluster, testPool } from '../../test-helpers/pools/test-cluster.ts';
import { misfitOf, tasksPerPilot } from './holding.ts';

const task = { from: 'f', cpus: 1, memMb: 1000, diskMb: 0, gpus: 0, count: 1, at: 0 };

describe('sharing demand among pools', () => {
  it('counts as many tasks to a pilot as its scarcest resource holds', () => {
    const pool = testPool({ cpus: 8, memMb: 32_000 });
    expect(tasksPerPilot(pool, task)).toBe(8);
    expect(tasksPerPilot(pool, { ...task, memMb: 10_000 })).toBe(3);
    expect(tasksPerPilot(pool, { ...task, cpus: 0.1, memMb: 0 })).toBe(80);
    expect(tasksPerPilot(pool, { ...task, gpus: 1 })).toBe(0);
  });

  it('holds no task that takes longer than a pilot lives, from when it is up until its hard margin', () => {
    const pool = testPool({ walltimeSeconds: 3600, softMarginSeconds: 600, hardMarginSeconds: 60 });
    expect(misfitOf(pool, { ...task, longestSeconds: 3480 })).toBeUndefined();
    expect(misfitOf(pool, { ...task, longestSeconds: 3481 })).toBe('too-long');
    expect(misfitOf(pool, { ...task, longestSeconds: 3441 }, 100)).toBe('too-long');
    expect(misfitOf(pool, { ...task, longestSeconds: 1 }, 3000)).toBe('too-long');
    expect(misfitOf(pool, task, 3000)).toBeUndefined();
  });

  it('gives a class to the first pool that holds it', () => {
    const cluster = new TestCluster([{ name: 'small' }, { name: 'big', cpus: 64 }]);
    cluster.lacks(8);
    cluster.pass(60);
    expect(cluster.live()).toEqual(['small-1']);
    cluster.lacks(1, { cpus: 32 });
    cluster.pass(30);
    expect(cluster.live()).toEqual(['small-1', 'big-2']);
  });

  it('gives a class to the pool that it names', () => {
    const cluster = new TestCluster([
      { name: 'small', attributes: { pool: 'small' } },
      { name: 'big', attributes: { pool: 'big' } },
    ]);
    cluster.lacks(8, { constraints: [{ field: 'pool', values: ['big'] }] });
    cluster.pass(60);
    expect(cluster.live()).toEqual(['big-1']);
  });

  it('gives a class to a pool whose agents have the attributes that it asks for', () => {
    const cluster = new TestCluster([
      { name: 'plain', attributes: { kind: 'thin' } },
      { name: 'card', attributes: { card: 'a100' } },
    ]);
    cluster.demand = [
      { ...task, count: 8, constraints: [{ field: 'card', values: ['a100', 'h100'] }] },
      { ...task, count: 8, constraints: [{ field: 'kind', values: ['thin'], not: true }] },
      { ...task, count: 1, constraints: [{ field: '@hostname', values: ['n1'] }] },
      { ...task, count: 3, constraints: [{ field: 'card', values: ['k80'] }] },
      { ...task, count: 2, constraints: [{ field: 'toString', values: ['x'] }] },
    ];
    cluster.pass(60);
    expect(cluster.live()).toEqual(['plain-1', 'card-2', 'card-3']);
    expect(cluster.view().unmet).toMatchObject([
      { count: 3, why: 'unmatched', constraints: [{ field: 'card', values: ['k80'] }] },
      { count: 2, why: 'unmatched' },
    ]);
  });

  it('tells what is the matter with the pool that comes nearest to holding a class', () => {
    const cluster = new TestCluster([
      { name: 'short', walltimeSeconds: 3600, attributes: { kind: 'fat' } },
      { name: 'long', attributes: { kind: 'thin' } },
    ]);
    cluster.lacks(5, { longestSeconds: 5000, constraints: [{ field: 'kind', values: ['fat'] }] });
    cluster.pass(60);
    expect(cluster.live()).toEqual([]);
    expect(cluster.view().unmet).toMatchObject([{ from: 'f', why: 'too-long', livesSeconds: 3480 }]);
  });

  it('tells of tasks that no pool holds, and submits nothing for them', () => {
    const cluster = new TestCluster();
    cluster.lacks(5, { cpus: 9 });
    cluster.pass(60);
    expect(cluster.live()).toEqual([]);
    expect(cluster.view().unmet).toMatchObject([{ cpus: 9, count: 5, why: 'too-big' }]);
  });

  it('gives the next pool what the first one may not grow for', () => {
    const cluster = new TestCluster([
      { name: 'first', max: 1 },
      { name: 'second', max: 1 },
    ]);
    cluster.lacks(100);
    cluster.pass(60);
    expect(cluster.live()).toEqual(['first-1', 'second-2']);
    expect(cluster.view().unmet).toMatchObject([{ count: 84, why: 'full' }]);
  });

  it('gives the next pool what a paused one would have taken', () => {
    const cluster = new TestCluster([{ name: 'first' }, { name: 'second' }]);
    const problem = { kind: 'configuration' as const, text: 'invalid partition' };
    cluster.submitted = (pilot, id) =>
      pilot.startsWith('first') ? { kind: 'refused', problem } : { kind: 'accepted', id };
    cluster.lacks(8);
    cluster.pass(60);
    expect(cluster.live()).toEqual(['second-2']);
  });

  it('does not count agents for tasks that take longer than these will live', () => {
    const cluster = new TestCluster([{ walltimeSeconds: 7200, max: 3, idleSeconds: 600 }]);
    const [old = ''] = cluster.bringUp(1);
    cluster.work(old, 1);
    cluster.pass(3600);
    cluster.work(old, 0);
    cluster.lacks(8, { longestSeconds: 3600 });
    cluster.pass(120);
    expect(cluster.live()).toEqual([old, 'main-2']);
    cluster.pass(600);
    expect(cluster.live()).toEqual(['main-2']);
  });

  it('has agents that live too short for what waits make room for others', () => {
    const cluster = new TestCluster([{ walltimeSeconds: 7200, max: 1 }]);
    const [old = ''] = cluster.bringUp(1);
    cluster.work(old, 1);
    cluster.pass(3600);
    cluster.work(old, 0);
    cluster.lacks(8, { longestSeconds: 3600 });
    cluster.pass(180);
    expect(cluster.live()).toEqual(['main-2']);
  });

  it('gives the next pool what waits for a queue that has not answered for minutes', () => {
    const cluster = new TestCluster([
      { name: 'first', min: 1 },
      { name: 'second', system: 'sge' },
    ]);
    const sge = { key: 'sge', excludesNodes: false, keepsAccounts: false };
    Object.assign(cluster.setting, { systems: [...cluster.setting.systems, sge] });
    cluster.pass(30);
    cluster.isDown = (system) => system === 'slurm';
    cluster.pass(60);
    cluster.lacks(16);
    cluster.pass(120);
    expect(cluster.live()).toEqual(['first-1']);
    cluster.pass(300);
    expect(cluster.live()).toEqual(['first-1', 'second-2']);
  });
});
