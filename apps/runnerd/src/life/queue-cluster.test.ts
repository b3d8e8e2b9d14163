import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { changeWanted, clusterFile, createCluster, defineCluster } from '@galaxy-mesos/queue-cluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type QueueCluster, queueCluster, standingOf, troubleOf } from './queue-cluster.ts';

let clusters: string;
let cluster: QueueCluster;
beforeEach(() => {
  clusters = mkdtempSync(path.join(tmpdir(), 'clusters-'));
  cluster = queueCluster('mine', { GALAXY_MESOS_CLUSTERS: clusters });
});
afterEach(() => rmSync(clusters, { recursive: true }));

const create = () =>
  createCluster(clusters, defineCluster({ name: 'mine', options: { on: 'shell', agents: '1' }, sites: [] }));
const want = (state: 'up' | 'draining' | 'down') =>
  changeWanted(cluster.directory, (_, at) => ({ state, pools: {}, at }));

describe('a cluster in a batch queue', () => {
  it('is away before anybody has started it', async () => {
    expect(await standingOf(cluster)).toBe('away');
    expect(await troubleOf(cluster, false)).toContain('galaxy-mesos cluster up mine starts one');
  });

  it.each([
    ['up', 'unattended', 'galaxy-mesos cluster up mine has it looked after'],
    ['draining', 'draining', 'has it looked after'],
    ['down', 'going-down', 'the cluster mine is going down'],
  ] as const)('that is to be %s and has no launcher is %s', async (state, standing, trouble) => {
    await create();
    await want(state);
    expect(await standingOf(cluster)).toBe(standing);
    expect(await troubleOf(cluster, false)).toContain(trouble);
  });

  it('is told to be on its way where the daemon starts it', async () => {
    expect(await troubleOf(cluster, true)).toBe('the cluster mine is being started');
    await create();
    expect(await troubleOf(cluster, true)).toBe('the cluster mine is being started');
    await want('down');
    expect(await troubleOf(cluster, true)).toBe('the cluster mine is going down');
  });

  it('can be looked for once the address of its master is known', async () => {
    await create();
    await writeFile(clusterFile(cluster.directory, 'address'), '10.0.0.1:5050\n');
    expect(await troubleOf(cluster, false)).toBeUndefined();
  });

  it('says what is wrong with its files', async () => {
    await create();
    await writeFile(clusterFile(cluster.directory, 'wanted'), 'no JSON');
    expect(await troubleOf(cluster, false)).toContain('wanted.json is not JSON');
  });

  it('cannot have any name', () => {
    expect(() => queueCluster('../x', { GALAXY_MESOS_CLUSTERS: clusters })).toThrow('cannot be called');
  });
});
