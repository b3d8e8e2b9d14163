import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBeat } from '../standing/beat.ts';
import { writeWanted } from '../standing/wanted.ts';
import { ClusterFiles } from './cluster-files.ts';
import { Troubles } from './troubles.ts';

let directory: string;
let troubles: Troubles;
let files: ClusterFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cluster-files-'));
  troubles = new Troubles(
    () => undefined,
    () => 0,
  );
  files = new ClusterFiles(directory, troubles);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const damage = () => writeFile(join(directory, 'wanted.json'), '{ "state": "do');

it('takes a cluster for wanted where nobody has said anything', async () => {
  expect(await files.wanted()).toEqual({ state: 'up', at: 0, pools: {} });
});

it('knows nothing where what was said cannot be read: it may be that everything is to go', async () => {
  await damage();
  expect(await files.wanted()).toBeUndefined();
  expect(troubles.lines).toEqual([expect.stringContaining('wanted')]);
  const down = { state: 'down', at: 7, pools: {} } as const;
  await writeWanted(directory, down);
  expect(await files.wanted()).toEqual(down);
  expect(troubles.lines).toEqual([]);
});

it('goes by what was said before where that cannot be read any more', async () => {
  const draining = { state: 'draining', at: 7, pools: {} } as const;
  await writeWanted(directory, draining);
  await files.wanted();
  await damage();
  expect(await files.wanted()).toEqual(draining);
});

it('beats on where the clock is set back', async () => {
  await files.beat(9_000_000);
  await files.beat(2_000_000);
  expect(await readBeat(directory)).toBe(2_000_000);
});
