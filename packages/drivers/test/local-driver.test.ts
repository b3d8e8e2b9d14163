import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LocalDriver, type LocalDriverOptions } from '@galaxy-mesos/drivers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readBootId, readProcessStat } from '../src/local/processes.ts';
import { wrapperArguments } from '../src/local/wrapper.ts';
import { aLaunch, StartedDriver, smallTask } from './driver-fixture.ts';

let sandboxRoot: string;
let drivers: StartedDriver[] = [];

const resources = { cpus: 4, mem: 4096, disk: 1024 };

const start = async (options: Partial<LocalDriverOptions> = {}): Promise<StartedDriver> => {
  const started = await StartedDriver.start(new LocalDriver({ sandboxRoot, resources, ...options }));
  drivers.push(started);
  return started;
};

const startTimeOf = (pid: number): string => readProcessStat(pid)?.startTime ?? '';

const reference = (attemptId: string) => ({ attemptId, agentId: 'local' });

beforeEach(async () => {
  sandboxRoot = await mkdtemp(join(tmpdir(), 'local-driver-'));
  drivers = [];
});

afterEach(async () => {
  for (const { driver } of drivers) await driver.stop('teardown');
  await rm(sandboxRoot, { recursive: true, force: true });
});

describe('LocalDriver', () => {
  it('offers all of this machine that is not configured', async () => {
    const { resources: offered } = await (await start({ resources: { mem: 1000 } })).freshOffer();
    expect(offered.mem).toBe(1000);
    expect(offered.cpus).toBeGreaterThan(0);
    expect(offered.disk).toBeGreaterThan(0);
  });

  it('lets attempts inherit its environment but never MESOS_URL', async () => {
    const environment = { ...process.env, MESOS_URL: 'somewhere:5050', INHERITED: 'yes' };
    const started = await start({ environment });
    const launch = aLaunch('echo "$(env | grep -c ^MESOS_URL=) $INHERITED"');
    await started.outcome(launch);
    expect(await started.driver.tailSandboxFile(reference(launch.attemptId), 'stdout', 100)).toBe('0 yes\n');
  });

  it('lets all processes of attempts give way to this process', async () => {
    const started = await start({ niceness: 7 });
    const launches = Array.from({ length: 30 }, () => aLaunch('nice'));
    await started.launch(...launches);
    for (const { attemptId } of launches) {
      await started.log.end(attemptId);
      const printed = await started.driver.tailSandboxFile(reference(attemptId), 'stdout', 10);
      expect(printed).toBe(`${Math.min(19, getPriority() + 7)}\n`);
    }
  });

  it('drops only what an offer is too small for', async () => {
    const started = await start();
    const offer = await started.freshOffer();
    const fits = aLaunch('true');
    const isTooMuch = aLaunch('true', { resources: { ...smallTask, mem: 4096 } });
    await started.driver.launch([offer.id], [fits, isTooMuch]);
    expect(await started.log.end(isTooMuch.attemptId)).toMatchObject({
      state: 'TASK_DROPPED',
      reason: 'REASON_INVALID_OFFERS',
      message: expect.stringContaining('4032 MiB of memory'),
    });
    expect((await started.log.end(fits.attemptId)).state).toBe('TASK_FINISHED');
  });

  it('ends an attempt that uses more memory than it may, and says how much', async () => {
    const started = await start();
    // 64 MiB held by a child in a shell variable's place: what tail keeps of a line that never ends.
    const hungry = aLaunch('head -c 67108864 /dev/zero | tail -c 67108864 | sleep 300', {
      resources: { cpus: 1, mem: 32, disk: 0 },
    });
    const end = await started.outcome(hungry);
    expect(end).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
    expect(end.message).toMatch(/used \d+ MiB of memory, and 32 MiB are allowed/);
  });

  it('tells why a command cannot be started, and goes on', async () => {
    const started = await start();
    const tooLong = await started.outcome(aLaunch(`: ${'x'.repeat(200_000)}`));
    expect(tooLong).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message: expect.stringContaining('E2BIG'),
    });
    await rm(sandboxRoot, { recursive: true });
    const homeless = await started.outcome(aLaunch('true'));
    expect(homeless.message).toContain('ENOENT');
    await mkdir(sandboxRoot);
    expect((await started.outcome(aLaunch('true'))).state).toBe('TASK_FINISHED');
    await started.freshOffer(resources);
  });

  it('ends what it has started of a group of which another cannot be started', async () => {
    const started = await start();
    const group = ['sleep 300', `: ${'x'.repeat(200_000)}`, 'sleep 300'].map((command) =>
      aLaunch(command, { groupId: 'group' }),
    );
    await started.launch(...group);
    const ends = await Promise.all(group.map(({ attemptId }) => started.log.end(attemptId)));
    expect(ends.map(({ state }) => state)).toEqual(['TASK_KILLED', 'TASK_FAILED', 'TASK_KILLED']);
    await started.freshOffer(resources);
  });

  it('refuses an attempt id that is in use', async () => {
    const started = await start();
    const launch = aLaunch('sleep 300');
    await started.run(launch);
    const from = started.log.length;
    await started.launch({ ...launch });
    expect(await started.log.update(launch.attemptId, ['TASK_ERROR'], from)).toMatchObject({
      message: `Task has duplicate ID: ${launch.attemptId}`,
    });
  });

  it('tells the exit code also where the command has deleted everything in its sandbox, or moved it', async () => {
    const started = await start();
    expect((await started.outcome(aLaunch('rm -rf "$PWD"; exit 3'))).exitCode).toBe(3);
    expect((await started.outcome(aLaunch('mv "$PWD" "$PWD.moved"'))).exitCode).toBe(0);
  });

  it('does not follow a link or wait for a pipe in the place of an output', async () => {
    const { driver } = await start();
    await mkdir(join(sandboxRoot, 'odd'));
    await symlink('/etc/passwd', join(sandboxRoot, 'odd', 'stdout'));
    await mkdir(join(sandboxRoot, 'odd', 'stderr'));
    expect(await driver.tailSandboxFile(reference('odd'), 'stdout', 100)).toBe('');
    expect(await driver.tailSandboxFile(reference('odd'), 'stderr', 100)).toBe('');
    expect(await driver.tailSandboxFile(reference('../../etc'), 'stdout', 100)).toBe('');
  });

  it('begins a tail with a whole character', async () => {
    const { driver } = await start();
    await mkdir(join(sandboxRoot, 'text'));
    await writeFile(join(sandboxRoot, 'text', 'stdout'), 'aé€');
    const tails = [1, 2, 3, 4, 5, 6].map((size) => driver.tailSandboxFile(reference('text'), 'stdout', size));
    expect(await Promise.all(tails)).toEqual(['', '', '€', '€', 'é€', 'aé€']);
  });

  it('leaves no file open after hundreds of attempts', async () => {
    const started = await start();
    await started.outcome(aLaunch('true'));
    const before = (await readdir('/proc/self/fd')).length;
    for (let round = 0; round < 10; round += 1) {
      const launches = Array.from({ length: 30 }, () => aLaunch('true'));
      await started.launch(...launches);
      for (const { attemptId } of launches) await started.log.end(attemptId);
    }
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10);
  });

  it('rejects calls before start and after stop, and a second start', async () => {
    const driver = new LocalDriver({ sandboxRoot, resources });
    await expect(driver.revive()).rejects.toMatchObject({ code: 'NOT_STARTED' });
    await driver.start(() => undefined);
    await expect(driver.start(() => undefined)).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
    await driver.stop('disconnect');
    await expect(driver.launch(['any'], [])).rejects.toMatchObject({ code: 'NOT_STARTED' });
  });

  it('cannot start where no directory for sandboxes can be made', async () => {
    await writeFile(join(sandboxRoot, 'file'), '');
    const driver = new LocalDriver({ sandboxRoot: join(sandboxRoot, 'file', 'below') });
    await expect(driver.start(() => undefined)).rejects.toMatchObject({ code: 'SANDBOX_ROOT_UNUSABLE' });
  });
});

describe('LocalDriver after the death of an earlier one', () => {
  const script = fileURLToPath(new URL('doomed-process.ts', import.meta.url));

  const doom = (
    how: 'hold' | 'disconnect' | 'kill' | 'group' | 'ports',
    ...commands: string[]
  ): ChildProcess =>
    spawn(process.execPath, ['--conditions=@galaxy-mesos/source', script, sandboxRoot, how, ...commands], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  /** Kills the process with SIGKILL once it has printed a text. */
  const killAfter = async (doomed: ChildProcess, text: string): Promise<void> => {
    let output = '';
    for await (const chunk of doomed.stdout ?? []) {
      output += String(chunk);
      if (output.includes(text)) doomed.kill('SIGKILL');
    }
    if (!output.includes(text)) throw new Error(`The process ended without '${text}': ${output}`);
  };

  it('finds what still runs, keeps its resources from the offers, and sees its end', async () => {
    await killAfter(doom('hold', 'until [ -e go ]; do sleep 0.1; done; exit 5'), 'attempt-0 TASK_RUNNING');
    const started = await start();
    const offer = await started.freshOffer();
    expect(offer.resources).toMatchObject({ cpus: 3, mem: 3584, disk: 1024 });
    await started.driver.decline([offer.id], 3600);
    await started.driver.reconcile([reference('attempt-0')]);
    await started.log.update('attempt-0', ['TASK_RUNNING']);
    await writeFile(join(sandboxRoot, 'attempt-0', 'go'), '');
    expect(await started.log.end('attempt-0')).toMatchObject({ state: 'TASK_FAILED', exitCode: 5 });
    await started.freshOffer(resources);
  });

  it('lets what it has found run as long as it may, though the time of day was put forward meanwhile', async () => {
    await killAfter(doom('hold', 'until [ -e go ]; do sleep 0.1; done; exit 5'), 'attempt-0 TASK_RUNNING');
    const later = Date.now() + 7_200_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(later);
    const started = await start();
    clock.mockRestore();
    await started.driver.reconcile([reference('attempt-0')]);
    await started.log.update('attempt-0', ['TASK_RUNNING']);
    await writeFile(join(sandboxRoot, 'attempt-0', 'go'), '');
    expect(await started.log.end('attempt-0')).toMatchObject({ state: 'TASK_FAILED', exitCode: 5 });
  });

  it('kills what it has found, with all its children', async () => {
    await killAfter(
      doom('hold', "trap '' TERM; echo ready; while :; do sleep 0.1; done"),
      'attempt-0 TASK_RUNNING',
    );
    const started = await start();
    await started.untilTail(reference('attempt-0'), 'ready');
    await started.driver.kill(reference('attempt-0'), 0.2);
    expect(await started.log.end('attempt-0')).toMatchObject({
      state: 'TASK_KILLED',
      message: 'Command terminated with signal Killed',
    });
  });

  it('tells how attempts ended while there was no driver', async () => {
    await killAfter(
      doom('hold', 'sleep 0.5', 'sleep 0.5; kill -SEGV $$', 'sleep 300'),
      'attempt-2 TASK_RUNNING',
    );
    const watching = await start();
    for (const id of ['attempt-0', 'attempt-1']) {
      await watching.driver.reconcile([reference(id)]);
      await watching.log.end(id);
    }
    await watching.driver.stop('disconnect');
    const started = await start();
    await started.driver.reconcile(['attempt-0', 'attempt-1'].map(reference));
    expect(await started.log.end('attempt-0')).toMatchObject({ state: 'TASK_FINISHED', exitCode: 0 });
    expect(await started.log.end('attempt-1')).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command terminated with signal Segmentation fault',
    });
  });

  it('goes on with a kill that an earlier driver had begun', async () => {
    const stubborn = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
    await killAfter(doom('kill', stubborn), 'attempt-0 TASK_KILLING');
    const started = await start({ graceSeconds: 0.1 });
    expect((await started.log.end('attempt-0')).state).toBe('TASK_KILLED');
    const later = await start();
    await later.driver.reconcile([reference('attempt-0')]);
    expect((await later.log.end('attempt-0')).state).toBe('TASK_KILLED');
  });

  it('ends what is left of a group of which one has failed meanwhile', async () => {
    await killAfter(doom('group', 'sleep 300', 'sleep 0.3; exit 3'), 'attempt-1 TASK_RUNNING');
    const record = join(sandboxRoot, 'attempt-1', '.galaxy-mesos-attempt');
    // The shell that writes it may only just have been started.
    const hasEnded = async () => (await readFile(record, 'utf8').catch(() => '')).includes('status 3');
    while (!(await hasEnded())) await sleep(20);
    const started = await start({ graceSeconds: 0 });
    expect(await started.log.end('attempt-0')).toMatchObject({
      state: 'TASK_KILLED',
      message: expect.stringContaining('a group ends together'),
    });
  });

  it('leaves what is left of a group of which one has finished meanwhile', async () => {
    await killAfter(doom('group', 'sleep 300', 'exit 0'), 'attempt-1 TASK_FINISHED');
    const started = await start();
    await started.driver.reconcile([]);
    await started.log.update('attempt-0', ['TASK_RUNNING']);
    expect(started.log.statesOf('attempt-0')).toEqual(['TASK_RUNNING']);
  });

  it('does not offer the ports of what still runs', async () => {
    await killAfter(doom('ports', 'sleep 300'), 'attempt-0 TASK_RUNNING');
    const { resources: free } = await (await start()).freshOffer();
    expect(free.ports).toEqual([{ begin: 31_001, end: 32_000 }]);
  });

  it('lets Node end after disconnect, though attempts run', async () => {
    const doomed = doom('disconnect', 'sleep 300');
    doomed.stdout?.resume();
    expect((await once(doomed, 'exit'))[0]).toBe(0);
    const started = await start();
    await started.driver.reconcile([reference('attempt-0')]);
    await started.log.update('attempt-0', ['TASK_RUNNING']);
  });

  it.each([
    ['boot', { bootId: 'another boot', startTime: startTimeOf(process.pid) }],
    ['start time', { bootId: readBootId(), startTime: '1' }],
  ])('does not take a process with the same pid and another %s for the attempt', async (_, impostor) => {
    const stat = `${process.pid} (sh) S ${'1 '.repeat(18)}${impostor.startTime} 1 1`;
    const record = JSON.stringify({ bootId: impostor.bootId, startedAt: 0, resources });
    await mkdir(join(sandboxRoot, 'old'));
    await writeFile(join(sandboxRoot, 'old', '.galaxy-mesos-attempt'), `${stat}\n${record}\n`);
    const started = await start();
    await started.driver.reconcile([reference('old')]);
    expect((await started.log.end('old')).state).toBe('TASK_GONE');
  });

  it('makes sure that an attempt it has declared gone is not started after all', async () => {
    const started = await start();
    await mkdir(join(sandboxRoot, 'late'));
    await started.driver.reconcile([reference('late')]);
    expect((await started.log.end('late')).state).toBe('TASK_GONE');
    const sandbox = join(sandboxRoot, 'late');
    const late = spawn('/bin/sh', wrapperArguments(sandbox, 'touch ran', '{}'), {
      cwd: sandbox,
      detached: true,
    });
    expect((await once(late, 'exit'))[0]).not.toBe(0);
    expect(await readdir(sandbox)).not.toContain('ran');
  });
});
