import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventually, patientTest } from '../../test-helpers/eventually.ts';
import { Trash } from './trash.ts';

vi.setConfig(patientTest);

let top: string;
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'trash-'));
});
afterEach(() => rm(top, { recursive: true, force: true }));

const soon = 100;
const failOnTrouble = (error: unknown) => {
  throw error;
};

test('what is thrown away is gone at once, and its files soon; what a link in it leads to stays', async () => {
  const trash = new Trash(join(top, 'trash'), failOnTrouble, soon);
  await trash.open();
  await mkdir(join(top, 'kept'));
  await mkdir(join(top, 'job', 'deep'), { recursive: true });
  await symlink(join(top, 'kept'), join(top, 'job', 'deep', 'link'));
  await writeFile(join(top, 'kept', 'file'), 'x');
  await trash.take(join(top, 'job'));
  await trash.take(join(top, 'nothing'));
  expect((await readdir(top)).sort()).toEqual(['kept', 'trash']);
  await eventually(() => readdir(join(top, 'trash'))).toEqual([]);
  expect(await readdir(join(top, 'kept'))).toEqual(['file']);
  await trash.close();
});

test('what a process left that was killed is removed by the next', async () => {
  await mkdir(join(top, 'trash', '-rf left over'), { recursive: true });
  const trash = new Trash(join(top, 'trash'), failOnTrouble, soon);
  await trash.open();
  await eventually(() => readdir(join(top, 'trash'))).toEqual([]);
  await trash.close();
});
