import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import { writeAddress } from '../standing/address.ts';
import { masterSourceOf } from './master-sources.ts';
import { systemPorts } from './ports.ts';
import { defaultTiming } from './timing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(`${tmpdir()}/master-sources-`);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('starts no master here for a cluster that goes down, and asks the one that may be there', async () => {
  const definition = defineCluster({
    name: 'mine',
    options: { on: 'slurm', agents: '1', cpus: '1', mem: '1G', walltime: '1h', masterHere: true },
    sites: [],
  });
  const source = masterSourceOf({
    definition: () => definition,
    directory,
    systems: new Map(),
    ports: { ...systemPorts, openMaster: () => expect.unreachable() },
    lock: { token: 'token', check: async () => undefined, release: async () => undefined },
    timing: defaultTiming,
  });
  expect(await source.look(false, false)).toEqual({});
  await writeAddress(directory, '127.0.0.1:5050');
  expect(await source.look(false, false)).toEqual({ address: '127.0.0.1:5050' });
  expect(await readdir(directory)).toEqual(['address']);
});
