import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foldEvents } from '../pools/ledger.ts';
import { clearRemains } from './pilot-files.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pilot-files-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const pilots = () => join(directory, 'pilots');

it('clears away what is over, and no pilot that may run without the knowledge of the journal', async () => {
  for (const name of ['forgotten', 'ended', 'running', 'waiting'])
    await mkdir(join(pilots(), name), { recursive: true });
  await writeFile(join(pilots(), 'ended', 'facts'), 'host=n1\nended=idle\n');
  await writeFile(join(pilots(), 'running', 'facts'), 'host=n1\n');
  await clearRemains(directory, foldEvents([{ kind: 'forgotten', at: 1, pilot: 'forgotten' }]));
  expect((await readdir(pilots())).sort()).toEqual(['running', 'waiting']);
});

it('has nothing to clear away where there never was a pilot', async () => {
  await clearRemains(directory, foldEvents([]));
  expect(await readdir(directory)).toEqual([]);
});
