import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pilotDirectory } from '../standing/paths.ts';
import { FactsReader } from './facts-reader.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facts-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const factsOf = (pilot: string) => join(pilotDirectory(directory, pilot), 'facts');

it('hears pilots whose facts can be read beside one whose facts cannot, and that one later', async () => {
  for (const pilot of ['good', 'bad']) await mkdir(pilotDirectory(directory, pilot), { recursive: true });
  await writeFile(factsOf('good'), 'ended=idle\n');
  // Stands for an error of the file system.
  await mkdir(factsOf('bad'));
  const reader = new FactsReader(directory);
  const { facts, problems } = await reader.read(['good', 'bad', 'silent']);
  expect(facts).toEqual([{ pilot: 'good', ended: 'idle' }]);
  expect(problems).toEqual([expect.objectContaining({ code: 'EISDIR' })]);
  await rm(factsOf('bad'), { recursive: true });
  await writeFile(factsOf('bad'), 'ended=idle\n');
  expect(await reader.read(['good', 'bad', 'silent'])).toEqual({
    facts: [{ pilot: 'bad', ended: 'idle' }],
    problems: [],
  });
});
