import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterDefinition } from '../definition/definition.ts';
import { readAddress, writeAddress } from './address.ts';
import { createExclusively, makeDirectory, writeAtomically } from './atomic-file.ts';
import { createCluster, listClusters, readDefinition, removeCluster, removeRemains } from './clusters.ts';
import { clusterDirectory, clustersDirectory } from './paths.ts';
import { readView } from './view.ts';
import { readWanted, writeWanted } from './wanted.ts';

let clusters: string;

beforeEach(async () => {
  clusters = await mkdtemp(join(tmpdir(), 'standing-'));
});

afterEach(() => rm(clusters, { recursive: true, force: true }));

const definition: ClusterDefinition = {
  version: 1,
  name: 'night',
  programs: { agent: 'mesos-agent', master: 'mesos-master' },
  master: { kind: 'existing', url: 'localhost:5050' },
  authentication: 'credential',
  masterFlags: [],
  agentFlags: [],
  pools: {},
};

describe('the place of clusters', () => {
  it('is what the environment says, or the state directory of the user', () => {
    expect(clustersDirectory({ GALAXY_MESOS_CLUSTERS: '/shared/c' })).toBe('/shared/c');
    expect(clustersDirectory({ HOME: '/home/u', XDG_STATE_HOME: '/state' })).toBe(
      '/state/galaxy-mesos/clusters',
    );
    const ours = '/home/u/.local/state/galaxy-mesos/clusters';
    expect(clustersDirectory({ HOME: '/home/u', XDG_STATE_HOME: 'relative' })).toBe(ours);
    expect(clustersDirectory({ HOME: '/home/u' })).toBe(ours);
    expect(isAbsolute(clustersDirectory({ HOME: '' }))).toBe(true);
  });

  it.each(['', '..', 'a/b', '1st', 'a b', 'a\n', 'x'.repeat(50)])('has no cluster %j', (name) => {
    expect(() => clusterDirectory(clusters, name)).toThrow(/INVALID_DEFINITION.*cannot be called/);
  });
});

describe('a directory', () => {
  it('is made with those above it, and may be there already', async () => {
    const path = join(clusters, 'a', 'b', 'c');
    await makeDirectory(path);
    await makeDirectory(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  it('is refused at once where there can be none', async () => {
    await expect(makeDirectory('/proc/nothing/here')).rejects.toThrow(
      'cannot make the directory /proc/nothing',
    );
    await writeFile(join(clusters, 'file'), '');
    await expect(makeDirectory(join(clusters, 'file', 'a'))).rejects.toThrow('ENOTDIR');
  });
});

describe('a cluster', () => {
  it('is created once, for its owner alone', async () => {
    const results = await Promise.allSettled([1, 2, 3].map(() => createCluster(clusters, definition)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(createCluster(clusters, definition)).rejects.toThrow(/EXISTS.*night/);
    const directory = join(clusters, 'night');
    expect(await readDefinition(directory)).toEqual(definition);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'cluster.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(directory)).sort()).toEqual(['cluster.json', 'pilots']);
  });

  it('is listed as long as it is there, and leaves a line', async () => {
    expect(await listClusters(join(clusters, 'nowhere'))).toEqual([]);
    await createCluster(clusters, definition);
    await mkdir(join(clusters, 'no-cluster'));
    await writeFile(join(clusters, 'file'), '');
    expect(await listClusters(clusters)).toEqual(['night']);
    await removeCluster(clusters, { name: 'night', endedAt: 5 });
    expect(await listClusters(clusters)).toEqual([]);
    expect(await readFile(join(clusters, 'history.jsonl'), 'utf8')).toBe('{"name":"night","endedAt":5}\n');
    await expect(readDefinition(join(clusters, 'night'))).rejects.toThrow('UNKNOWN_CLUSTER');
  });

  it('is gone in one step, and whatever is left of it goes when nobody has it open any more', async () => {
    await createCluster(clusters, definition);
    await removeCluster(clusters, { name: 'night', endedAt: 5 });
    expect(await readdir(clusters)).toEqual(['history.jsonl']);
    const open = join(clusters, '.night.ended-0123456789ab');
    await mkdir(open);
    await writeFile(join(open, 'launcher.log'), '');
    // Neither a cluster nor in the way of a new one.
    expect(await listClusters(clusters)).toEqual([]);
    await createCluster(clusters, definition);
    expect(await removeRemains(clusters, 'night')).toBe(true);
    expect((await readdir(clusters)).sort()).toEqual(['history.jsonl', 'night']);
  });

  it('says which field of its definition is wrong', async () => {
    const directory = await createCluster(clusters, definition);
    await writeFile(join(directory, 'cluster.json'), JSON.stringify({ ...definition, agentFlags: [1] }));
    await expect(readDefinition(directory)).rejects.toThrow(/DAMAGED.*cluster\.json: agentFlags\.0/);
    await writeFile(join(directory, 'cluster.json'), JSON.stringify({ ...definition, version: 2 }));
    await expect(readDefinition(directory)).rejects.toThrow(
      /another version of galaxy-mesos has written .*cluster\.json: take the cluster down with that one/,
    );
    await writeFile(join(directory, 'cluster.json'), '{"version":');
    await expect(readDefinition(directory)).rejects.toThrow(/DAMAGED.*cluster\.json is not JSON/);
  });
});

describe('what is wanted', () => {
  it('is read as it was written', async () => {
    expect(await readWanted(clusters)).toBeUndefined();
    const wanted = { state: 'up', pools: { big: { min: 0, max: 9, agents: 2 } }, at: 12 } as const;
    await writeWanted(clusters, wanted);
    expect(await readWanted(clusters)).toEqual(wanted);
  });

  it('is an error where the file cannot be understood', async () => {
    await writeFile(join(clusters, 'wanted.json'), '{"state":"sideways","pools":{},"at":1}');
    await expect(readWanted(clusters)).rejects.toThrow(/DAMAGED.*wanted\.json: state/);
  });
});

describe('the address of the master', () => {
  it('is read as it was written, and is nothing where the file holds anything else', async () => {
    expect(await readAddress(clusters)).toBeUndefined();
    await writeAddress(clusters, 'node7:5050');
    expect(await readAddress(clusters)).toBe('node7:5050');
    await writeFile(join(clusters, 'address'), 'two words\n');
    expect(await readAddress(clusters)).toBeUndefined();
    await writeAddress(clusters, undefined);
    expect(await readdir(clusters)).toEqual([]);
  });
});

describe('a file', () => {
  it('is whole whenever it is read, and leaves nothing beside it', async () => {
    const path = join(clusters, 'file');
    const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
    const writes = Promise.all(texts.map((text) => writeAtomically(path, text)));
    await writes;
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(clusters)).toEqual(['file']);
  });

  it('is created by one only', async () => {
    const path = join(clusters, 'file');
    expect(await Promise.all([createExclusively(path, 'a'), createExclusively(path, 'b')])).toContain(false);
    expect(await readdir(clusters)).toEqual(['file']);
  });
});

describe('a view', () => {
  it('is none where no launcher has been, and an error where it cannot be understood', async () => {
    expect(await readView(clusters)).toBeUndefined();
    await writeFile(join(clusters, 'view.json'), '{"name":5}');
    await expect(readView(clusters)).rejects.toThrow(/DAMAGED.*view\.json: name/);
  });
});
