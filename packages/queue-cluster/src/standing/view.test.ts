import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { unmetReasons } from '../pools/view.ts';
import { type ClusterView, readView, writeView } from './view.ts';

it('a view is read as it was written, with all that tasks lack and all that is held against nodes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'view-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const asked = { from: 'framework-1', cpus: 1, memMb: 100, diskMb: 0, gpus: 0, count: 3 };
  const view: ClusterView = {
    name: 'night',
    at: 5,
    launcher: { host: 'login1', pid: 7 },
    master: { kind: 'here', state: 'up', address: 'localhost:5050' },
    problems: [],
    state: 'up',
    pools: [],
    pilots: [],
    unmet: unmetReasons.map((why) => ({
      ...asked,
      why,
      longestSeconds: 60,
      livesSeconds: 30.5,
      constraints: [{ field: 'card', values: ['a100'], not: true }],
      uncarried: ['exclusive'],
      pools: ['main'],
    })),
    wantedAt: 3,
    badNodes: [{ system: 'slurm', node: 'n1', failures: [1, 2], badUntil: 9, wantedAt: 3, isLeftOut: false }],
    systems: [{ key: 'slurm', strangers: [] }],
  };
  await writeView(directory, view);
  expect(await readView(directory)).toEqual(view);
});
