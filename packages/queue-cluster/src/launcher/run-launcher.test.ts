import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import { createCluster } from '../standing/clusters.ts';
import { runLauncher } from './run-launcher.ts';

let clusters: string;
beforeEach(() => {
  clusters = mkdtempSync(join(tmpdir(), 'run-launcher-'));
});
afterEach(() => rmSync(clusters, { recursive: true, force: true }));

/** Runs a launcher that looks at the clock, the first time before it takes the lock, when this has happened. */
async function launchAfter(happens: (directory: string) => void): Promise<unknown> {
  const options = { on: 'shell', agents: '1', master: 'localhost:5050' };
  const directory = await createCluster(clusters, defineCluster({ name: 'night', options, sites: [] }));
  const now = () => {
    happens(directory);
    return 1;
  };
  const noMaster = () => {
    throw new Error('nobody wants a master here');
  };
  return runLauncher({ clusters, name: 'night', ports: { now, openMaster: noMaster } });
}

it('makes no directory anew of a cluster that has come to its end meanwhile', async () => {
  const launching = launchAfter((directory) => rmSync(directory, { recursive: true }));
  await expect(launching).rejects.toThrow('UNKNOWN_CLUSTER');
  expect(readdirSync(clusters)).toEqual([]);
});

it('looks after no cluster whose definition went while it took the lock', async () => {
  const launching = launchAfter((directory) => rmSync(join(directory, 'cluster.json')));
  await expect(launching).rejects.toThrow('UNKNOWN_CLUSTER');
});
