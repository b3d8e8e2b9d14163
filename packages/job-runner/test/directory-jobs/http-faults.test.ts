import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryJobFixture } from './directory-job-fixture.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { StagingServer } from './staging-server.ts';
import { until } from './until.ts';

const mebibyte = 1024 * 1024;

describe('files that travel by HTTP through trouble', () => {
  let fixture: DirectoryJobFixture;
  let server: StagingServer;
  let proxy: FaultyProxy;
  const http = (patienceSeconds = 300) => ({ mode: 'http' as const, url: proxy.url, patienceSeconds });

  beforeEach(async () => {
    fixture = await DirectoryJobFixture.make();
    server = new StagingServer(fixture);
    await server.start();
    proxy = new FaultyProxy(() => server.url);
    await proxy.start();
  });
  afterEach(async () => {
    await proxy.stop();
    await server.stop();
    await fixture.remove();
  });

  /** A program that agents find before the real one. */
  const replaceProgram = async (name: string, script: string): Promise<NodeJS.ProcessEnv> => {
    const bin = path.join(fixture.top, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(path.join(bin, name), `#!/bin/bash\n${script}\n`);
    await chmod(path.join(bin, name), 0o755);
    return { PATH: `${bin}:${process.env.PATH}` };
  };

  it('goes on where a connection was cut, both ways, without sending anything twice', async () => {
    const content = randomBytes(64 * mebibyte);
    await fixture.put('inputs/large', content);
    // The script and the list of inputs are on connections of their own.
    const task = await fixture.start('cp ../inputs/large ../outputs/copy', http());
    for (let cut = 0; cut < 12; cut += 1) proxy.cuts.push(12 * mebibyte);
    expect(await task.ended).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(task.attemptId);
    expect((await readFile(path.join(fixture.directory, 'outputs/copy'))).equals(content)).toBe(true);
    expect(proxy.cuts.length).toBeLessThan(3);
    expect(proxy.passed).toBeLessThan(2 * 64 * mebibyte + 12 * mebibyte);
  });

  it.each([
    ['in', 3],
    ['out', 5],
  ])('goes on when the daemon was away in the midst of staging %s', async (way, connections) => {
    const content = randomBytes(8 * mebibyte);
    const source = path.join(fixture.top, 'source');
    if (way === 'in') await fixture.put('inputs/large', content);
    else await writeFile(source, content);
    let stopped: Promise<void> | undefined;
    proxy.onCut = () => {
      stopped ??= server.stop();
    };
    for (let passed = 0; passed < connections; passed += 1) proxy.cuts.push(5 * mebibyte);
    const task = await fixture.start(
      `cp ${way === 'in' ? '../inputs/large' : source} ../outputs/copy`,
      http(),
    );
    await until('the daemon to be gone', () => (stopped ? true : undefined));
    await until('a vain try', () => (proxy.refused > 1 ? true : undefined));
    await server.start();
    expect(await task.ended).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(task.attemptId);
    expect((await readFile(path.join(fixture.directory, 'outputs/copy'))).equals(content)).toBe(true);
  });

  it('waits for a daemon that is not there at the beginning', async () => {
    await server.stop();
    const task = await fixture.start('echo x > ../outputs/x', http());
    await until('a vain try', () => (proxy.refused > 0 ? true : undefined));
    await server.start();
    const ended = await task.ended;
    expect(ended.status).toBe(0);
    // What it waits for is told once.
    expect(ended.stderr).toMatch(/^galaxy-mesos: the daemon cannot be reached, trying again: .*\n$/);
  });

  it.each([
    ['input', 'cp ../inputs/a ../outputs/b'],
    ['output', 'printf %s-%s CORRUPT THIS > ../outputs/b'],
  ])('finds out that an %s was changed on its way, and fetches or sends it again', async (what, tool) => {
    await fixture.put('inputs/a', what === 'input' ? 'CORRUPT-THIS' : 'nothing');
    proxy.corruptions = 1;
    const task = await fixture.start(tool, http());
    expect(await task.ended).toMatchObject({ status: 0, stderr: '' });
    expect(proxy.corruptions).toBe(0);
    await fixture.deliver(task.attemptId);
    expect(await fixture.read('outputs/b')).toBe('CORRUPT-THIS');
  });

  it.each([
    ['in', 'true', 'inputs/a arrived with other bytes'],
    ['out', 'printf %s-%s CORRUPT THIS > ../outputs/b', 'outputs/b arrived at the daemon with other bytes'],
  ])('gives up when a file is changed every time on its way %s', async (way, tool, message) => {
    if (way === 'in') await fixture.put('inputs/a', 'CORRUPT-THIS');
    proxy.corruptions = 1000;
    const task = await fixture.start(tool, http());
    expect(await task.ended).toMatchObject({ status: 95, stderr: expect.stringContaining(message) });
  });

  it('gives up after a time when the daemon does not answer', async () => {
    await server.stop();
    const task = await fixture.start('true', http(1));
    expect(await task.ended).toMatchObject({
      status: 93,
      stderr: expect.stringContaining('could not be reached'),
    });
  });

  it('ends at once when the daemon does not want the attempt any more', async () => {
    const { top } = fixture;
    const tool = `touch ${top}/runs; while [ ! -e ${top}/go ]; do sleep 0.1; done`;
    const task = await fixture.start(tool, http());
    await until('the tool to run', () => existsSync(`${top}/runs`) || undefined);
    server.closed.add(task.attemptId);
    await writeFile(`${top}/go`, '');
    expect(await task.ended).toMatchObject({
      status: 96,
      stderr: expect.stringContaining('this attempt is over'),
    });
  });

  it('ends when it is asked to while it waits for the daemon, and leaves nothing in its sandbox', async () => {
    const { top } = fixture;
    const tool = `touch ${top}/runs; while [ ! -e ${top}/go ]; do sleep 0.1; done`;
    const task = await fixture.start(tool, http());
    await until('the tool to run', () => existsSync(`${top}/runs`) || undefined);
    await server.stop();
    const before = proxy.refused;
    await writeFile(`${top}/go`, '');
    await until('a vain try', () => (proxy.refused > before ? true : undefined));
    process.kill(task.pid, 'SIGTERM');
    expect((await task.ended).status).toBe(143);
    expect(await readdir(task.sandbox)).toEqual([]);
  });

  it('opens nothing with a wrong secret, and no other job', async () => {
    const task = await fixture.start('true', http(), { GALAXY_MESOS_STAGING_SECRET: 'wrong' });
    expect(await task.ended).toMatchObject({ status: 96, stderr: expect.stringContaining('403') });
    const headers = { authorization: `Bearer ${fixture.secret}`, 'galaxy-mesos-attempt': 'a' };
    const other = await fetch(`${server.url}/staging/v1/jobs/other/inputs`, { headers });
    expect(other.status).toBe(403);
    const bare = await fetch(`${server.url}/staging/v1/jobs/o.m.7/inputs`);
    expect(bare.status).toBe(401);
  });

  it('shows the secret to nobody: no list of processes, no file, not the tool', async () => {
    const log = path.join(fixture.top, 'arguments');
    const environment = await replaceProgram(
      'curl',
      `{ cat /proc/[0-9]*/cmdline | tr '\\0' ' '; } >> ${log} 2>/dev/null; exec /usr/bin/curl "$@"`,
    );
    await fixture.put('inputs/a', 'a');
    const tool = `env > ../outputs/env; cat /proc/[0-9]*/cmdline > ../outputs/processes; cat $PWD/../../../.galaxy-mesos*/* > ../outputs/files 2>&1`;
    const task = await fixture.start(tool, http(), environment);
    expect((await task.ended).status).toBe(0);
    await fixture.deliver(task.attemptId);
    expect(await readFile(log, 'utf8')).toContain('curl');
    expect(await fixture.read('outputs/files')).toContain('done');
    for (const file of ['env', 'processes', 'files']) {
      expect(await fixture.read(`outputs/${file}`)).not.toContain(fixture.secret);
    }
    expect(await readFile(log, 'utf8')).not.toContain(fixture.secret);
    expect(server.asked.join('\n')).not.toContain(fixture.secret);
  });

  it('brings two thousand small files in and out with a handful of processes', async () => {
    const log = path.join(fixture.top, 'calls');
    const environment = await replaceProgram('curl', `echo call >> ${log}; exec /usr/bin/curl "$@"`);
    for (let number = 0; number < 2000; number += 1) {
      await fixture.put(`inputs/set_files/${number % 20}/${number}`, `file ${number}`);
    }
    const task = await fixture.start('cp -r ../inputs/set_files ../outputs/', http(), environment);
    expect(await task.ended).toMatchObject({ status: 0, stderr: '' });
    await fixture.deliver(task.attemptId);
    expect(await fixture.read('outputs/set_files/19/1999')).toBe('file 1999');
    expect((await readFile(log, 'utf8')).split('\n').length).toBeLessThan(10);
  });

  it.each([
    ['91', 'bash', 'there is no bash'],
    ['92', 'curl', 'there is no curl'],
  ])('says with status %s that there is no %s', async (status, missing, message) => {
    const bin = path.join(fixture.top, 'only');
    await mkdir(bin);
    if (missing === 'curl') await writeFile(path.join(bin, 'bash'), '#!/bin/sh\n', { mode: 0o755 });
    const task = await fixture.start('true', http(), { PATH: bin });
    expect(await task.ended).toMatchObject({
      status: Number(status),
      stderr: expect.stringContaining(message),
    });
  });

  it('says that there is no space left', async () => {
    await fixture.put('inputs/a', 'a');
    const script = `if [[ $* == *-sS* ]]; then exec /usr/bin/curl "$@"; fi; config=$(cat)
[[ $config != *input?name* ]] || { echo 'curl: (23) Failure writing output to destination' >&2; exit 23; }
printf %s "$config" | exec /usr/bin/curl "$@"`;
    const task = await fixture.start('true', http(), await replaceProgram('curl', script));
    expect(await task.ended).toMatchObject({
      status: 94,
      stderr: expect.stringContaining('is there space left'),
    });
  });
});
