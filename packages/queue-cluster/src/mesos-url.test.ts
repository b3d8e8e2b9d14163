import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineCluster } from './definition/define-cluster.ts';
import { takeLock } from './journal/index.ts';
import { attendedAddress, resolveMesosUrl } from './mesos-url.ts';
import { createCluster, writeAddress } from './standing/index.ts';

let clusters: string;
beforeEach(() => {
  clusters = mkdtempSync(path.join(tmpdir(), 'clusters-'));
});
afterEach(() => rmSync(clusters, { recursive: true }));

const resolved = (url: string | undefined) => resolveMesosUrl(url, { GALAXY_MESOS_CLUSTERS: clusters });
const create = (name: string, options = {}) =>
  createCluster(
    clusters,
    defineCluster({ name, options: { on: 'shell', agents: '1', ...options }, sites: [] }),
  );

describe('resolveMesosUrl', () => {
  it.each([undefined, '', 'local', 'a:5050', 'zk://a/mesos'])('leaves %j as it is', async (url) => {
    expect(await resolved(url)).toBe(url);
  });

  it('gives the file with the address of the master, which may move', async () => {
    const directory = await create('mine');
    const lock = await takeLock(directory, Date.now());
    await writeAddress(directory, '10.0.0.1:5050');
    expect(await resolved(' cluster:mine ')).toBe(`file://${directory}/address`);
    await lock.release();
  });

  it('names the clusters there are where one is unknown', async () => {
    await expect(resolved('cluster:mine')).rejects.toMatchObject({
      code: 'UNKNOWN_CLUSTER',
      message: `[UNKNOWN_CLUSTER] there is no cluster mine in ${clusters}; there is none`,
    });
    await create('a');
    await create('b');
    await expect(resolved('cluster:mine')).rejects.toThrow('there are: a, b');
    await expect(resolved('cluster:../x')).rejects.toMatchObject({ code: 'INVALID_DEFINITION' });
  });

  it('says that nothing looks after a cluster, or that its master is not up yet', async () => {
    const directory = await create('mine');
    await writeAddress(directory, 'a:5050');
    await expect(resolved('cluster:mine')).rejects.toThrow('galaxy-mesos cluster up mine starts another');
    await writeAddress(directory, undefined);
    const lock = await takeLock(directory, Date.now());
    await expect(resolved('cluster:mine')).rejects.toMatchObject({ code: 'MASTER' });
    await lock.release();
  });
});

describe('attendedAddress', () => {
  it.each([
    [{ masterHere: true }, '10.0.0.1:5050'],
    [{ master: 'https://10.0.0.1:5050' }, 'https://10.0.0.1:5050'],
  ])('is what frameworks are to be told where the master is %j', async (options, told) => {
    const directory = await create('mine', options);
    const lock = await takeLock(directory, Date.now());
    await writeAddress(directory, '10.0.0.1:5050');
    expect(await attendedAddress(clusters, 'mine')).toBe(told);
    await lock.release();
  });
});
