import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { clusterFile, createCluster, defineCluster } from '@galaxy-mesos/queue-cluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wantsGpuAgents } from './gpu-agents.ts';

const asking = (gpus: number) => ({ resources: { cpus: 1, mem: 1, disk: 0, ...(gpus > 0 && { gpus }) } });

describe('agents with graphics processors', () => {
  let clusters: string;
  beforeEach(() => {
    clusters = mkdtempSync(path.join(tmpdir(), 'clusters-'));
  });
  afterEach(() => rmSync(clusters, { recursive: true }));

  async function clusterWith(options: Readonly<Record<string, string>>) {
    const definition = defineCluster({
      name: 'mine',
      options: { on: 'shell', agents: '1', ...options },
      sites: [],
    });
    const directory = await createCluster(clusters, definition);
    return { kind: 'mesos', master: pathToFileURL(clusterFile(directory, 'address')).href } as const;
  }

  it('are wanted on a Mesos if tasks ask for them', async () => {
    const cluster = { kind: 'mesos', master: '10.0.0.1:5050' } as const;
    expect(await wantsGpuAgents(asking(0), cluster)).toBe(false);
    expect(await wantsGpuAgents(asking(1), cluster)).toBe(true);
    const file = { kind: 'mesos', master: pathToFileURL(path.join(clusters, 'address')).href } as const;
    expect(await wantsGpuAgents(asking(0), file)).toBe(false);
  });

  it('are wanted in a cluster that has some, whatever tasks ask for', async () => {
    const cluster = await clusterWith({ gpus: '2' });
    expect(await wantsGpuAgents(asking(0), cluster)).toBe(true);
    expect(await wantsGpuAgents(asking(2), cluster)).toBe(true);
    await expect(wantsGpuAgents(asking(3), cluster)).rejects.toThrow(
      'each task asks for 3 graphics processors, and a pilot of the cluster mine has 2 at most: give it a pool with "gpus: 3"',
    );
  });

  it('are none where neither this machine nor any pool has them, which is told in one sentence', async () => {
    await expect(wantsGpuAgents(asking(1), { kind: 'local' })).rejects.toThrow(
      /^each task asks for 1 graphics processor, and this machine offers none: say with --mesos/,
    );
    expect(await wantsGpuAgents(asking(0), { kind: 'local' })).toBe(false);
    const cluster = await clusterWith({});
    expect(await wantsGpuAgents(asking(0), cluster)).toBe(false);
    await expect(wantsGpuAgents(asking(1), cluster)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('no pool of the cluster mine has any'),
    });
  });

  it('may be others’ where the master was there before', async () => {
    const cluster = await clusterWith({ master: '10.0.0.1:5050' });
    expect(await wantsGpuAgents(asking(1), cluster)).toBe(true);
    expect(await wantsGpuAgents(asking(0), cluster)).toBe(false);
  });
});
