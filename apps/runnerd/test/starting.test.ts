import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DaemonProcess, directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob } from './pulsar-job.ts';

const endedWith = (
  flags: readonly string[],
  environment = {},
  state = path.join(directoryForTest(), 'state'),
) => new DaemonProcess({ state, flags, environment }).ended();

/** All that is below a directory. What is on its way out goes while it is looked at. */
function below(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const file = path.join(directory, entry.name);
      return entry.isDirectory() ? [file, ...below(file)] : [file];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** What is kept of jobs in a state directory; the place through which it goes on its way out may stay. */
const filesLeft = (state: string): string[] =>
  ['sandboxes', 'jobs', 'trash', 'staging/default/_default_'].flatMap((name) =>
    below(path.join(state, name)).filter((file) => path.basename(file) !== '.trash'),
  );

describe('galaxy-mesos daemon', () => {
  it('runs a job of Galaxy on this machine with nothing configured, and says how to go on', async () => {
    const home = directoryForTest();
    const daemon = startDaemon({ environment: { XDG_STATE_HOME: home } });
    const url = await daemon.url();
    expect(daemon.stdout.trim().split('\n')).toEqual([
      `galaxy-mesos listens on ${url} and runs jobs on this machine; for Galaxy's side: ` +
        `galaxy-mesos doctor --galaxy --daemon ${url}`,
    ]);
    const caller = callerOf(url);
    const job = await submitJob(
      caller,
      '1',
      ({ inputs, outputs }) => `cp ${inputs}/input.txt ${outputs}/copy`,
    );
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await caller.download(job.id, 'copy')).toBe('input\n');
    expect(job.directory.startsWith(path.join(home, 'galaxy-mesos', 'staging'))).toBe(true);
    expect(statSync(path.join(home, 'galaxy-mesos', 'secret.key')).mode & 0o777).toBe(0o600);

    await caller.delete(job.id);
    await daemon.until(() => filesLeft(path.join(home, 'galaxy-mesos')).length === 0);
  });

  it('gives jobs of its own environment only what is named', async () => {
    const file = path.join(directoryForTest(), 'a.yml');
    writeFileSync(file, 'local: {environment: [GIVEN]}\n');
    const environment = { PGPASSWORD: 'secret', GIVEN: 'given', MESOS_URL: undefined };
    const daemon = startDaemon({
      flags: ['--config', file],
      environment,
      state: path.join(directoryForTest(), 's'),
    });
    const caller = callerOf(await daemon.url());
    const job = await submitJob(caller, '1', ({ outputs }) => `env > ${outputs}/out`);
    await completed(caller, job);
    const names = (await caller.download(job.id, 'out')).split('\n').map((line) => line.split('=')[0]);
    expect(names).toEqual(expect.arrayContaining(['GIVEN', 'PATH', 'HOME', 'GALAXY_SLOTS']));
    expect(names).not.toContain('PGPASSWORD');
    expect(names).not.toContain('MESOS_URL');
  });

  it('tells every mistake in the configuration with its line, and does not start', async () => {
    const directory = directoryForTest();
    const file = path.join(directory, 'a.yml');
    writeFileSync(file, 'stagin: http\nlimits:\n  upload_gib: -1\n');
    const { code, stderr, stdout } = await endedWith(['--config', file]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toEqual([
      `galaxy-mesos: ${file}:1:1: stagin: there is no such setting; did you mean staging?`,
      `galaxy-mesos: ${file}:3:15: limits.upload_gib: expected a number above 0; it is -1`,
    ]);
  });

  it('looks at a configuration without starting', async () => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'a.yml'), 'log_level: debug\n');
    const state = path.join(directory, 'state');
    const { code, stdout } = await endedWith(
      ['--check-config', '--config', path.join(directory, 'a.yml')],
      {},
      state,
    );
    expect([code, stdout]).toEqual([0, 'the configuration is right\n']);
    expect(readdirSync(directory)).toEqual(['a.yml']);
  });

  it('does not listen where others reach it without a token', async () => {
    const { code, stderr } = await endedWith(['--listen', '0.0.0.0:0']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/0\.0\.0\.0:0 can be reached from other machines, and no token is set/);
  });

  it.skipIf(process.getuid?.() !== 0)('does not run jobs as root by accident', async () => {
    const daemon = new DaemonProcess({ state: path.join(directoryForTest(), 'state'), asWhom: [] });
    const { code, stderr } = await daemon.ended();
    expect(code).toBe(2);
    expect(stderr).toMatch(/this is root.*--run-as galaxy.*--run-as root, if that is what you mean/);
  });

  it('says so where the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, stderr } = await endedWith(['--listen', `127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(stderr).toContain(`--listen 127.0.0.1:${port}: another program listens there already`);
  });

  it('says so where the state directory cannot be used', async () => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'file'), '');
    const { code, stderr } = await endedWith([], {}, path.join(directory, 'file', 'state'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/the state directory .* cannot be used/);
  });

  it('does not start beside another one on the same state, but may wait for it', async () => {
    const state = path.join(directoryForTest(), 'state');
    mkdirSync(state);
    const first = startDaemon({ state });
    await first.url();
    const refused = await endedWith([], {}, state);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/another daemon works on .*--standby/);
    const second = startDaemon({ state, flags: ['--standby'] });
    await second.until(() => second.stderr.includes('standing by'));
    expect(second.stdout).toBe('');
    await first.killed();
    expect(await (await fetch(`${await second.url()}/healthz`)).json()).toMatchObject({ version: '0.16.0' });
  });
});
