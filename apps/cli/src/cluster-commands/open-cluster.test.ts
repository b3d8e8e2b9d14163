import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  changeWanted,
  readDefinition,
  readWanted,
  type Wanted,
  type WantedPool,
} from '@galaxy-mesos/queue-cluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAsItIs, openCluster, openForLauncher } from './open-cluster.ts';

let clusters: string;
/** No settings of a site but those of the tests, whatever this machine has. */
let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  clusters = mkdtempSync(path.join(tmpdir(), 'clusters-'));
  environment = { GALAXY_MESOS_SITE: path.join(clusters, 'site.yaml') };
  writeFileSync(path.join(clusters, 'site.yaml'), '');
});
afterEach(() => rmSync(clusters, { recursive: true }));

const open = (options: Parameters<typeof openCluster>[2]) =>
  openCluster(clusters, 'mine', options, environment);
const want = (directory: string, state: Wanted['state'], main: WantedPool) =>
  changeWanted(directory, (_, at) => ({ state, pools: { main }, at }));
const described = { on: 'shell', agents: '2', min: '0', max: '9' };

describe('openAsItIs', () => {
  it('says nothing new of a cluster that is there', async () => {
    const { directory } = await open(described);
    await want(directory, 'draining', { min: 4, max: 5 });
    const before = await readWanted(directory);
    expect(await openAsItIs(clusters, 'mine')).toMatchObject({
      definition: { pools: { main: { agents: 4, max: 5 } } },
      wantedAt: before?.at,
    });
    expect(await readWanted(directory)).toEqual(before);
  });

  it('is refused where there is none, or it is going down', async () => {
    await expect(openAsItIs(clusters, 'mine')).rejects.toThrow('mine');
    const { directory } = await open(described);
    await want(directory, 'down', { min: 4, max: 5 });
    await expect(openAsItIs(clusters, 'mine')).rejects.toThrow('going down');
  });
});

describe('openCluster', () => {
  it('makes a cluster, and says how many agents it is to have', async () => {
    const { directory, isNew } = await open(described);
    expect(isNew).toBe(true);
    expect(await readWanted(directory)).toMatchObject({
      state: 'up',
      pools: { main: { min: 0, max: 9, first: 2 } },
    });
  });

  it('takes up one that is there, with as many agents as were wanted last', async () => {
    const { directory } = await open(described);
    await want(directory, 'draining', { min: 4, max: 5 });
    const again = await open({});
    expect(again).toMatchObject({ isNew: false, definition: { pools: { main: { agents: 4, max: 5 } } } });
    expect(await readWanted(directory)).toMatchObject({ state: 'up', pools: { main: { min: 4, max: 5 } } });
    expect((await open(described)).isNew).toBe(false);
  });

  it('wants the first agents again where that is said again, and the size is as it was', async () => {
    const { directory } = await open(described);
    await want(directory, 'up', { min: 0, max: 9 });
    expect((await open({})).definition.pools.main?.agents).toBe(0);
    expect((await open(described)).definition.pools.main?.agents).toBe(2);
    await want(directory, 'up', { min: 0, max: 8 });
    expect((await open(described)).definition.pools.main?.agents).toBe(0);
  });

  it('has one that is there become what is described, and says what changes', async () => {
    const { directory, changes } = await open(described);
    expect(changes).toEqual([]);
    const shorter = { ...described, walltime: '2h' };
    await want(directory, 'up', { min: 3, max: 9 });
    const changed = await open(shorter);
    expect(changed).toMatchObject({
      isNew: false,
      changes: [expect.stringContaining('pool main: walltime 2h')],
    });
    expect((await readDefinition(directory)).pools.main?.walltimeSeconds).toBe(7200);
    // How many there are to be was said since, and is not described otherwise.
    expect((await readWanted(directory))?.pools).toEqual({ main: { min: 3, max: 9 } });
    expect(await open(shorter)).toMatchObject({ changes: [] });
  });

  it('begins anew with as many agents as are described, where that is another number', async () => {
    const { directory } = await open(described);
    await want(directory, 'up', { min: 3, max: 9 });
    await open({ ...described, agents: '4' });
    expect((await readWanted(directory))?.pools).toEqual({ main: { min: 0, max: 9, first: 4 } });
    await open({ on: 'shell', agents: '5' });
    expect((await readWanted(directory))?.pools).toEqual({ main: { min: 5, max: 5 } });
  });

  it('forgets how many were wanted of a pool that is described no more', async () => {
    const { directory } = await open(described);
    const file = path.join(clusters, 'cluster.yaml');
    writeFileSync(file, 'on: shell\npools: { big: { max: 3 }, small: { agents: 1 } }');
    const { changes } = await open({ file });
    expect(changes.map((change) => change.split(':')[0])).toEqual([
      'pool big is new',
      'pool small is new',
      'pool main is taken out',
    ]);
    expect((await readWanted(directory))?.pools).toEqual({
      big: { min: 0, max: 3 },
      small: { min: 1, max: 1 },
    });
  });

  it('takes no cluster for another one', async () => {
    await expect(open({})).rejects.toThrow('there is no cluster mine yet; say what it is to be: --on slurm');
    const { directory } = await open(described);
    await expect(open({ ...described, masterInJob: true })).rejects.toThrow(
      'the cluster mine is there, and while it lives it keeps its master, which is here. Say it as it is, or end',
    );
    expect((await open({})).definition.master.kind).toBe('here');
    await want(directory, 'down', { min: 0, max: 9 });
    await expect(open({})).rejects.toThrow('the cluster mine is going down');
  });
});

describe('openForLauncher', () => {
  const openToLaunch = (options: Parameters<typeof openCluster>[2]) =>
    openForLauncher(clusters, 'mine', options, environment);

  it('makes a cluster that is wanted, with its first agents', async () => {
    await openToLaunch(described);
    expect(await readWanted(path.join(clusters, 'mine'))).toMatchObject({
      state: 'up',
      pools: { main: { min: 0, max: 9, first: 2 } },
    });
  });

  it.each(['up', 'draining', 'down'] as const)('leaves one that is %s as it is wanted', async (state) => {
    const { directory } = await open(described);
    const wanted = await want(directory, state, { min: 1, max: 3 });
    await openToLaunch({});
    await openToLaunch(described);
    expect(await readWanted(directory)).toEqual(wanted);
  });

  it('has one become what is described, and leaves a drain as it is; one that goes down stays what it is', async () => {
    const { directory } = await open(described);
    await want(directory, 'draining', { min: 1, max: 3 });
    const shorter = { ...described, walltime: '2h' };
    await expect(openToLaunch(shorter)).resolves.toEqual([expect.stringContaining('walltime 2h instead of')]);
    expect(await readWanted(directory)).toMatchObject({
      state: 'draining',
      pools: { main: { min: 1, max: 3 } },
    });
    await want(directory, 'down', { min: 1, max: 3 });
    await expect(openToLaunch(described)).resolves.toEqual([]);
    expect((await readDefinition(directory)).pools.main?.walltimeSeconds).toBe(7200);
  });
});
