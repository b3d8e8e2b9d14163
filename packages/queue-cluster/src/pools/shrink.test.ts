import { describe, expect, it } from 'vitest';
import { countOf, TestCluster } from '../../test-helpers/pools/test-cluster.ts';

describe('shrinking', () => {
  it('lets agents go that were idle for long: first no more offers, then the stop', () => {
    const cluster = new TestCluster([{ idleSeconds: 600 }]);
    const [name = ''] = cluster.bringUp(1);
    expect(countOf(cluster.pass(480), 'deactivate-agent')).toBe(0);
    const kinds = cluster.pass(120, 1).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'ask-status').slice(0, 4)).toEqual([
      'deactivate-agent',
      'order',
      'order',
      'stop-batch-jobs',
    ]);
    const leaving = cluster.journal.filter(({ kind }) => kind === 'leaving');
    expect(leaving).toMatchObject([{ pilot: name, why: 'surplus' }]);
  });

  it('keeps idle agents longer where a pool keeps them between stages', () => {
    const cluster = new TestCluster([{ idleSeconds: 600, keepAliveSeconds: 1800 }]);
    const names = cluster.bringUp(2);
    cluster.pass(1600);
    expect(cluster.live()).toEqual(names);
    cluster.pass(300);
    expect(cluster.live()).toEqual([]);
  });

  it('never lets an agent go that is at work', () => {
    const cluster = new TestCluster();
    const [first = '', second = ''] = cluster.bringUp(2, 1);
    cluster.work(second, 0);
    cluster.pass(1200);
    expect(cluster.live()).toEqual([first]);
  });

  it('takes waiting pilots out of the queue before it lets idle agents go', () => {
    const cluster = new TestCluster([{ idleSeconds: 0 }]);
    cluster.lacks(8);
    cluster.pass(30);
    cluster.start('main-1');
    cluster.register('main-1');
    cluster.lacks(24);
    cluster.pass(30);
    expect(cluster.live()).toHaveLength(3);
    cluster.lacks(8, { from: 'another' });
    cluster.pass(50);
    cluster.lacks(8, { from: 'a third' });
    cluster.pass(40);
    expect(cluster.live()).toEqual(['main-1']);
  });

  it('keeps places in the queue while the demand only flickers', () => {
    const cluster = new TestCluster();
    cluster.lacks(24);
    cluster.pass(60);
    cluster.lacks(0);
    cluster.pass(30);
    cluster.lacks(24);
    cluster.pass(30);
    cluster.lacks(0);
    cluster.pass(40);
    expect(cluster.live()).toHaveLength(3);
    cluster.pass(60);
    expect(cluster.live()).toEqual([]);
    expect(cluster.batchJobs.size).toBe(0);
  });

  it('lets those agents go first whose walltime ends first', () => {
    const cluster = new TestCluster([{ min: 1, idleSeconds: 300 }]);
    const [first = ''] = cluster.bringUp(1);
    cluster.pass(200);
    cluster.lacks(16);
    cluster.pass(40);
    const second = cluster.live().find((name) => name !== first) ?? '';
    cluster.start(second);
    cluster.register(second);
    cluster.pass(60);
    cluster.lacks(0);
    cluster.pass(600);
    expect(cluster.live()).toEqual([second]);
  });

  it('lets busy agents finish their tasks where people want fewer', () => {
    const cluster = new TestCluster();
    const names = cluster.bringUp(3, 2);
    cluster.work(names[1] ?? '', 1);
    cluster.say('up', { main: { min: 0, max: 2 } });
    cluster.pass(300);
    expect(cluster.live()).toEqual([names[0], names[2]]);
    expect(cluster.batchJobs.has(names[1] ?? '')).toBe(true);
    cluster.work(names[1] ?? '', 0);
    cluster.pass(60);
    expect(cluster.batchJobs.has(names[1] ?? '')).toBe(false);
  });

  it('lets all go at once that are too many where people want fewer at most, and fewer at least', () => {
    const cluster = new TestCluster([{ min: 4 }]);
    cluster.bringUp(4);
    cluster.pass(900);
    expect(cluster.live()).toHaveLength(4);
    cluster.say('up', { main: { min: 2, max: 3 } });
    cluster.tick(10);
    expect(cluster.live()).toHaveLength(2);
  });

  it('does not take out of the queue what replaces pilots that end soon', () => {
    const cluster = new TestCluster([{ min: 1, walltimeSeconds: 7200, idleSeconds: 0 }]);
    cluster.pass(900);
    const [first = ''] = cluster.live();
    cluster.start(first);
    cluster.register(first);
    cluster.pass(7200 - 600 - 600);
    const [, second = ''] = cluster.live();
    cluster.pass(300);
    expect(cluster.live()).toContain(second);
    expect(countOf(cluster.decisions, 'submit')).toBe(2);
  });

  it('has another pool take over at once what a pool may do no more', () => {
    const cluster = new TestCluster([{ name: 'main' }, { name: 'other' }]);
    cluster.lacks(8);
    cluster.pass(60);
    expect(cluster.live()).toEqual(['main-1']);
    cluster.say('up', { main: { min: 0, max: 0 } });
    cluster.tick(10);
    expect(cluster.live()).toEqual(['other-2']);
  });
});
