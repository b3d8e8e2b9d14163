import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import { masterAccess, writeAccess } from './access.ts';
import { createCluster } from './clusters.ts';
import { DemandBook } from './demand-book.ts';
import { demandDesk } from './demand-desk.ts';
import { clusterFile } from './paths.ts';

let clusters: string;
beforeEach(() => {
  clusters = mkdtempSync(path.join(tmpdir(), 'clusters-'));
});
afterEach(() => rmSync(clusters, { recursive: true }));

const create = () =>
  createCluster(clusters, defineCluster({ name: 'mine', options: { on: 'shell', agents: '1' }, sites: [] }));
const urlOf = (directory: string, file: string) => pathToFileURL(path.join(directory, file)).href;
const one = { cpus: 1, mem: 100, disk: 0, gpus: 0, count: 3 };

describe('the desk for demand', () => {
  it('is that of the cluster whose master the address is, each framework with a file of its own', async () => {
    const directory = await create();
    const desks = await Promise.all([1, 2].map(() => demandDesk(urlOf(directory, 'address'))));
    await desks[0]?.tell([one]);
    await desks[1]?.tell([{ ...one, count: 5 }]);
    const counts = async () => {
      const { demands } = await new DemandBook(directory).read(0);
      return demands.flatMap(({ classes }) => classes.map(({ count }) => count)).sort();
    };
    expect(await counts()).toEqual([3, 5]);
    await desks[0]?.withdraw();
    expect(await counts()).toEqual([5]);
  });

  it('is the same where the URL of a master that is there already is kept for commands', async () => {
    const directory = await create();
    await writeAccess(directory, { url: 'https://m:5050' });
    const { master } = masterAccess(directory);
    expect(master).toBe(urlOf(directory, 'access/url'));
    const desk = await demandDesk(master);
    await desk?.tell([one]);
    expect(await readdir(clusterFile(directory, 'demand'))).toHaveLength(1);
  });

  it('is none for other masters, also those whose address is in a file', async () => {
    const directory = await create();
    expect(await demandDesk('localhost:5050')).toBeUndefined();
    expect(await demandDesk(urlOf(directory, 'other'))).toBeUndefined();
    expect(await demandDesk(urlOf(clusters, 'address'))).toBeUndefined();
  });

  it('does not bring back the directory of a cluster that is down', async () => {
    const directory = await create();
    const desk = await demandDesk(pathToFileURL(clusterFile(directory, 'address')).href);
    await rm(directory, { recursive: true });
    await expect(desk?.tell([one])).rejects.toMatchObject({ code: 'UNKNOWN_CLUSTER' });
    await desk?.withdraw();
    expect(await readdir(clusters)).toEqual([]);
  });
});
