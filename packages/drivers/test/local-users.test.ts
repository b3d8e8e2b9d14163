import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalDriver } from '@galaxy-mesos/drivers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aLaunch, StartedDriver } from './driver-fixture.ts';

// Known to every system; tests run as root or as somebody else, and see one half of this or the other.
const other = 'nobody';
const isRoot = process.geteuid?.() === 0;

let sandboxRoot: string;
let drivers: StartedDriver[] = [];

const start = async (): Promise<StartedDriver> => {
  const started = await StartedDriver.start(
    new LocalDriver({ sandboxRoot, resources: { cpus: 4, mem: 4096, disk: 1024 } }),
  );
  drivers.push(started);
  return started;
};

/** Waits for what a command writes, or leads to what is there. */
const untilNotEmpty = async (file: string): Promise<void> => {
  while (!(await stat(file).catch(() => undefined))?.size) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

beforeEach(async () => {
  sandboxRoot = await mkdtemp(join(tmpdir(), 'local-users-'));
  await chmod(sandboxRoot, 0o711);
  drivers = [];
});

afterEach(async () => {
  for (const { driver } of drivers) await driver.stop('teardown');
  await rm(sandboxRoot, { recursive: true, force: true });
});

describe('LocalDriver: users', () => {
  it.skipIf(!isRoot)('runs an attempt as another user, in a sandbox that is that user`s alone', async () => {
    const started = await start();
    const launch = aLaunch('id -un; id -Gn; echo $HOME $USER; pwd >mine; id -u >&2', { runAs: other });
    expect(await started.outcome(launch)).toMatchObject({ state: 'TASK_FINISHED' });
    const sandbox = join(sandboxRoot, launch.attemptId);
    const [name, groups, rest] = (await readFile(join(sandbox, 'stdout'), 'utf8')).split('\n');
    expect(name).toBe(other);
    expect(groups?.split(' ')).not.toContain('root');
    expect(rest?.endsWith(` ${other}`)).toBe(true);
    expect(await readFile(join(sandbox, 'mine'), 'utf8')).toBe(`${sandbox}\n`);
    const { uid, mode } = await stat(sandbox);
    expect([String(uid), mode & 0o777]).toEqual([
      (await readFile(join(sandbox, 'stderr'), 'utf8')).trim(),
      0o700,
    ]);
  });

  it.skipIf(!isRoot)('lets no variable of an attempt act on what becomes the user', async () => {
    const started = await start();
    const found = join(sandboxRoot, 'found');
    await writeFile(join(sandboxRoot, 'setpriv'), `#!/bin/sh\n>${found}\n`, { mode: 0o755 });
    const environment = {
      PATH: `${sandboxRoot}:/usr/bin:/bin`,
      LD_LIBRARY_PATH: '/nowhere',
      ODD: `'"$(id)\`id\` \\ \n end`,
      HOME: '/its/own',
      IFS: 'x',
    };
    const command = 'printf "%s|" "$PATH" "$LD_LIBRARY_PATH" "$ODD" "$HOME"; env | grep -c _galaxy_mesos';
    const launch = aLaunch(command, { runAs: other, environment });
    await started.outcome(launch);
    const printed = await readFile(join(sandboxRoot, launch.attemptId, 'stdout'), 'utf8');
    expect(printed).toBe(`${environment.PATH}|/nowhere|${environment.ODD}|/its/own|0\n`);
    const left = (await readdir(sandboxRoot)).filter((name) => name !== launch.attemptId);
    expect(left).toEqual(['setpriv']);
  });

  it.skipIf(!isRoot)('finds an attempt of another user again, and ends it', async () => {
    const first = await start();
    const launch = aLaunch('echo runs; sleep 300', { runAs: other });
    const { id } = await first.freshOffer();
    await first.driver.launch([id], [launch]);
    await first.log.update(launch.attemptId, ['TASK_RUNNING']);
    await untilNotEmpty(join(sandboxRoot, launch.attemptId, 'stdout'));
    await first.driver.stop('disconnect');
    const second = await start();
    await second.driver.kill({ attemptId: launch.attemptId, agentId: 'local' }, 1);
    expect(await second.log.end(launch.attemptId)).toMatchObject({ state: 'TASK_KILLED' });
  });

  it.skipIf(!isRoot)('ends no process that an attempt names in the place of its own', async () => {
    const victim = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
    try {
      const first = await start();
      const forge = `{ cat /proc/${victim.pid}/stat; sed -n 2p .galaxy-mesos-attempt; } >forged; mv -f forged .galaxy-mesos-attempt`;
      const launch = aLaunch(`${forge}; echo; until [ -e go ]; do sleep 0.1; done; kill -KILL $PPID; >gone`, {
        runAs: other,
      });
      const { id } = await first.freshOffer();
      await first.driver.launch([id], [launch]);
      const sandbox = join(sandboxRoot, launch.attemptId);
      await untilNotEmpty(join(sandbox, 'stdout'));
      await first.driver.stop('disconnect');
      await writeFile(join(sandbox, 'go'), '');
      while (!existsSync(join(sandbox, 'gone'))) await new Promise((resolve) => setTimeout(resolve, 20));
      const second = await start();
      await second.driver.kill({ attemptId: launch.attemptId, agentId: 'local' }, 0);
      expect((await second.log.end(launch.attemptId)).state).not.toBe('TASK_FINISHED');
      expect([victim.exitCode, victim.signalCode]).toEqual([null, null]);
    } finally {
      victim.kill('SIGKILL');
    }
  });

  it.skipIf(!isRoot)(
    'follows no link that a command leaves in the place of a file of the driver',
    async () => {
      const started = await start();
      const secret = join(sandboxRoot, 'secret');
      const launch = aLaunch(
        `ln -sf ${secret} .galaxy-mesos-verdict; rm stdout; ln -s /etc/shadow stdout; sleep 300`,
        { runAs: other },
      );
      const { id } = await started.freshOffer();
      await started.driver.launch([id], [launch]);
      await started.log.update(launch.attemptId, ['TASK_RUNNING']);
      const reference = { attemptId: launch.attemptId, agentId: 'local' };
      const sandbox = join(sandboxRoot, launch.attemptId);
      await untilNotEmpty(join(sandbox, 'stdout'));
      expect(await started.driver.tailSandboxFile(reference, 'stdout', 1000)).toBe('');
      await started.driver.kill(reference, 1);
      await started.log.end(launch.attemptId);
      await expect(stat(secret)).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  it.skipIf(!isRoot)('refuses a user who may not enter the sandboxes', async () => {
    await chmod(sandboxRoot, 0o700);
    const started = await start();
    const end = await started.outcome(aLaunch('true', { runAs: other }));
    expect(end).toMatchObject({ state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID' });
    expect(end.message).toContain(`may not enter ${sandboxRoot}`);
  });

  it('refuses a user who is not there, or whom it may not become', async () => {
    const end = await (await start()).outcome(aLaunch('true', { runAs: 'no-such-user' }));
    expect(end).toMatchObject({ state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID' });
    expect(end.message).toMatch(
      isRoot ? /there is no such user on this machine$/ : /only root can start processes of others$/,
    );
  });

  it('refuses containers of Mesos, and says what there is instead', async () => {
    const container = { image: 'busybox', type: 'mesos' } as const;
    const end = await (await start()).outcome(aLaunch('true', { container }));
    expect(end.state).toBe('TASK_ERROR');
    expect(end.message).toContain('containers of Mesos need a Mesos cluster');
  });
});
