import { readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDirectoryJob } from '../../src/directory-jobs/index.ts';
import { DirectoryJobFixture } from './directory-job-fixture.ts';
import { until } from './until.ts';

const staging = { mode: 'shared', asThisUser: true } as const;

describe('a tree that is prepared', () => {
  let fixture: DirectoryJobFixture;
  const prepared = (...names: string[]) => path.join(fixture.control, 'attempts', 'prepared', ...names);
  const prepare = (tool: string) => prepareDirectoryJob(fixture.job(tool), fixture.control, staging);
  const attempt = async () => {
    const { attemptId, ended } = await fixture.startAgain('the tool is in the script', staging);
    return { attemptId, ...(await ended) };
  };

  beforeEach(async () => {
    fixture = await DirectoryJobFixture.make();
    await fixture.put('inputs/a', 'a');
  });
  afterEach(() => fixture.remove());

  it('has the directories and the links to inputs, and nobody is in it', async () => {
    await fixture.put('inputs/a_files/b', 'b');
    await symlink('/nowhere', path.join(fixture.directory, 'inputs/dangling'));
    await prepare('true');
    const layout = ['configs', 'home', 'inputs', 'metadata', 'outputs', 'tmp', 'tool_files', 'working'];
    expect(await readdir(prepared('7'))).toEqual(layout);
    expect(await readdir(prepared())).toEqual(['7']);
    expect(await readdir(prepared('7/inputs'))).toEqual(['a', 'dangling']);
    expect(await readlink(prepared('7/inputs/a'))).toBe(path.join(fixture.directory, 'inputs/a'));
    expect(await readlink(prepared('7/inputs/dangling'))).toBe(
      path.join(fixture.directory, 'inputs/dangling'),
    );
  });

  it('is completed with what arrives later', async () => {
    const tool =
      'cat ../inputs/a ../inputs/b_files/b "../inputs/b c" ../configs/c ../unstructured/u/u > ../outputs/o';
    await prepare(tool);
    await fixture.put('inputs/b c', 'B');
    await fixture.put('inputs/b_files/b', 'b');
    await fixture.put('configs/c', 'c');
    await fixture.put('unstructured/u/u', 'u');
    const end = await attempt();
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(await fixture.deliver(end.attemptId)).toEqual({ exitCode: 0 });
    expect(await fixture.read('outputs/o')).toBe('abBcu');
    expect(await readdir(path.join(fixture.directory, 'inputs'))).toEqual(['a', 'b c', 'b_files']);
  });

  it('is of use where the daemon ended before it had made all of it', async () => {
    const tool = 'cat ../inputs/a > ../outputs/o; touch "$TMPDIR/t"';
    await prepare(tool);
    for (const name of ['inputs', 'tmp', 'working', 'metadata'])
      await rm(prepared('7', name), { recursive: true });
    const end = await attempt();
    expect(end).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(end.attemptId);
    expect(await fixture.read('outputs/o')).toBe('a');
  });

  it('has all inputs of a job that has many', async () => {
    const names = Array.from({ length: 450 }, (_, index) => `in ${index}`);
    for (const name of names) await fixture.put(`inputs/${name}`, name);
    await prepare('ls ../inputs | wc -l > ../outputs/o');
    expect(await readdir(prepared('7/inputs'))).toEqual([]);
    const end = await attempt();
    expect(end).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(end.attemptId);
    expect((await fixture.read('outputs/o')).trim()).toBe('451');
  });

  it('is that of one attempt: another one makes its own, and the winner is delivered', async () => {
    const tool = 'pwd > ../outputs/where; until [ -e "$OLD_GO" ]; do sleep 0.1; done';
    const go = path.join(fixture.top, 'go');
    await prepare(tool);
    const first = await fixture.startAgain(tool, staging, { OLD_GO: go });
    await until('the first to run', () =>
      readFile(prepared('7/outputs/where'), 'utf8').catch(() => undefined),
    );
    // As after a restart.
    await prepare(tool);
    const second = await fixture.startAgain(tool, staging, { OLD_GO: '/' });
    expect(await second.ended).toMatchObject({ status: 0 });
    await fixture.deliver(second.attemptId);
    const where = path.join(fixture.control, 'attempts', second.attemptId, '7/working\n');
    expect(await fixture.read('outputs/where')).toBe(where);
    await writeFile(go, '');
    await first.ended;
    expect(await fixture.read('outputs/where')).toBe(where);
  });

  it('is delivered with what the attempt made that was in it', async () => {
    await prepare('echo 1 > ../outputs/o; exit 3');
    const end = await attempt();
    expect(await readFile(prepared('claim'), 'utf8')).toBe(end.attemptId);
    expect(await fixture.deliver(end.attemptId)).toEqual({ exitCode: 3 });
    expect(await fixture.read('outputs/o')).toBe('1\n');
  });

  it('is not made again for a job that was prepared before', async () => {
    await prepare('true');
    await rm(prepared(), { recursive: true });
    await prepare('true');
    expect(await readdir(path.join(fixture.control, 'attempts'))).toEqual([]);
    expect(await attempt()).toMatchObject({ status: 0 });
  });

  it('is left alone once another attempt has it', async () => {
    await prepare('pwd > ../outputs/where');
    await writeFile(prepared('claim'), 'another');
    const end = await attempt();
    expect(end).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(end.attemptId);
    expect(await fixture.read('outputs/where')).toContain(end.attemptId);
  });
});
