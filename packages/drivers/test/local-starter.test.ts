import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LocalDriver } from '@galaxy-mesos/drivers';
import type { AttemptReference, AttemptUpdate, Launch } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLive } from '../src/local/process-stat.ts';
import { listProcesses, readCommandLine, readProcessStat } from '../src/local/processes.ts';
import { aLaunch, StartedDriver } from './driver-fixture.ts';

let sandboxRoot: string;
let drivers: StartedDriver[] = [];

const resources = { cpus: 8, mem: 8192, disk: 1024 };

const start = async (): Promise<StartedDriver> => {
  const started = await StartedDriver.start(new LocalDriver({ sandboxRoot, resources }));
  drivers.push(started);
  return started;
};

const reference = ({ attemptId }: Pick<Launch, 'attemptId'>): AttemptReference => ({
  attemptId,
  agentId: 'local',
});

/** Says of which process it is the attempt, then waits until there is a file `go`. */
const waiting = (exitCode: number): string =>
  `echo "$PPID."; until [ -e go ]; do sleep 0.05; done; exit ${exitCode}`;

const letGo = ({ attemptId }: AttemptReference) => writeFile(join(sandboxRoot, attemptId, 'go'), '');

/** The process that has started an attempt that runs {@link waiting}. */
const starterOf = async (started: StartedDriver, attempt: AttemptReference): Promise<number> => {
  const leader = Number.parseInt(await started.untilTail(attempt, '.'), 10);
  const parent = /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${leader}/status`, 'utf8'))?.[1];
  const starter = Number(parent);
  expect(readCommandLine(starter).at(-1)).toMatch(/starter\.ts$/);
  return starter;
};

const runsStill = (pid: number): boolean => {
  const stat = readProcessStat(pid);
  return stat !== undefined && isLive(stat);
};

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await sleep(20);
};

const isNamed = (pid: number, text: string): boolean =>
  readCommandLine(pid).some((argument) => argument.includes(text));

/** Until the driver has noticed that its starter is gone, it drops what it was to start. */
const outcomeOnceStarted = async (started: StartedDriver, command: string): Promise<AttemptUpdate> => {
  for (;;) {
    const end = await started.outcome(aLaunch(command));
    if (end.state !== 'TASK_DROPPED') return end;
  }
};

/** A driver whose starter is stopped, with what it had started before that. */
const withStoppedStarter = async () => {
  const started = await start();
  const first = aLaunch(waiting(5));
  const starter = await starterOf(started, await started.run(first));
  process.kill(starter, 'SIGSTOP');
  return { started, first, starter };
};

beforeEach(async () => {
  sandboxRoot = await mkdtemp(join(tmpdir(), 'local-starter-'));
  drivers = [];
});

afterEach(async () => {
  for (const { driver } of drivers) await driver.stop('teardown');
  await rm(sandboxRoot, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux')('LocalDriver: the process that starts attempts', () => {
  it('starts many at once, and tells of each that it runs and how it ends', async () => {
    const started = await start();
    const launches = Array.from({ length: 150 }, (_, index) =>
      aLaunch(`exit ${index % 100}`, { resources: { cpus: 0.05, mem: 32, disk: 0 } }),
    );
    await started.launch(...launches);
    for (const [index, { attemptId }] of launches.entries()) {
      expect((await started.log.end(attemptId)).exitCode).toBe(index % 100);
      const last = index % 100 === 0 ? 'TASK_FINISHED' : 'TASK_FAILED';
      expect(started.log.statesOf(attemptId)).toEqual(['TASK_RUNNING', last]);
    }
    await started.freshOffer(resources);
  });

  it('lets attempts inherit neither its channel nor a variable of its own', async () => {
    const started = await start();
    const launch = aLaunch('ls -l /proc/$$/fd; env; exit 3');
    expect((await started.outcome(launch)).exitCode).toBe(3);
    const output = await started.driver.tailSandboxFile(reference(launch), 'stdout', 100_000);
    // The channel is one; whatever else the process of the tests has inherited is not looked at.
    expect(output).not.toContain('socket:');
    expect(output).not.toContain('NODE_CHANNEL');
  });

  it('goes on when it is killed: attempts run on, are ended, and their end is told; others are started', async () => {
    const started = await start();
    const [first, second] = [aLaunch(waiting(5)), aLaunch(waiting(0))];
    const attempt = await started.run(first);
    const other = await started.run(second);
    process.kill(await starterOf(started, attempt), 'SIGKILL');
    expect((await outcomeOnceStarted(started, 'exit 3')).exitCode).toBe(3);
    await letGo(attempt);
    expect(await started.log.end(first.attemptId)).toMatchObject({ state: 'TASK_FAILED', exitCode: 5 });
    await started.driver.kill(other, 1);
    expect((await started.log.end(second.attemptId)).state).toBe('TASK_KILLED');
    await started.freshOffer(resources);
  });

  it('starts nothing twice and loses nothing when it is killed at any time', async () => {
    const started = await start();
    const ran = join(sandboxRoot, 'ran');
    const finished = new Set<string>();
    const launches: Launch[] = [];
    for (const size of [1, 10, 20, 40]) {
      const probe = aLaunch(waiting(0));
      const attempt = await started.run(probe);
      const starter = await starterOf(started, attempt);
      const batch = Array.from({ length: size }, () => {
        const attemptId = `attempt-${size}-${Math.random()}`;
        return aLaunch(`echo ${attemptId} >>${ran}`, { attemptId });
      });
      await started.launch(...batch);
      const [some] = batch.slice(size / 2);
      if (some) await started.log.update(some.attemptId, ['TASK_RUNNING']);
      process.kill(starter, 'SIGKILL');
      await letGo(attempt);
      await started.log.end(probe.attemptId);
      launches.push(...batch);
    }
    for (const { attemptId } of launches) {
      const { state } = await started.log.end(attemptId);
      expect(['TASK_FINISHED', 'TASK_DROPPED']).toContain(state);
      if (state === 'TASK_FINISHED') finished.add(attemptId);
    }
    const lines = (await readFile(ran, 'utf8')).trim().split('\n');
    expect(lines.toSorted()).toEqual([...finished].toSorted());
    await started.freshOffer(resources);
  });

  it('drops what it has not started when it is killed', async () => {
    const { started, first, starter } = await withStoppedStarter();
    const launch = aLaunch('true');
    await started.launch(launch);
    await until(() => existsSync(join(sandboxRoot, launch.attemptId)));
    process.kill(starter, 'SIGKILL');
    expect(await started.log.end(launch.attemptId)).toMatchObject({
      state: 'TASK_DROPPED',
      message: 'The process that starts commands has ended before it started this one',
    });
    expect((await outcomeOnceStarted(started, 'true')).state).toBe('TASK_FINISHED');
    await letGo(reference(first));
    expect((await started.log.end(first.attemptId)).exitCode).toBe(5);
  });

  it('kills an attempt that is being started, once it runs', async () => {
    const { started, starter } = await withStoppedStarter();
    const launch = aLaunch('sleep 300');
    await started.launch(launch);
    await started.driver.kill(reference(launch), 1);
    process.kill(starter, 'SIGCONT');
    await started.log.end(launch.attemptId);
    expect(started.log.statesOf(launch.attemptId)).toEqual(['TASK_RUNNING', 'TASK_KILLING', 'TASK_KILLED']);
  });

  it('tells the state of an attempt that is being started when that is known, and takes no other of its name', async () => {
    const { started, starter } = await withStoppedStarter();
    const launch = aLaunch('sleep 300');
    await started.launch(launch);
    await started.launch({ ...launch });
    expect((await started.log.end(launch.attemptId)).state).toBe('TASK_ERROR');
    const told = started.driver.reconcile([reference(launch)]);
    process.kill(starter, 'SIGCONT');
    await told;
    expect(started.log.statesOf(launch.attemptId)).toEqual(['TASK_ERROR', 'TASK_RUNNING']);
  });

  it('leaves nothing running on teardown, also of what is being started', async () => {
    const { started, starter } = await withStoppedStarter();
    const launch = aLaunch('sleep 300');
    await started.launch(launch);
    const stopped = started.driver.stop('teardown');
    process.kill(starter, 'SIGCONT');
    await stopped;
    await until(() => !runsStill(starter));
    expect(listProcesses().filter((stat) => isLive(stat) && isNamed(stat.pid, sandboxRoot))).toEqual([]);
  });

  it('never starts what a later driver has given up', async () => {
    const { started, starter } = await withStoppedStarter();
    const launch = aLaunch('>ran');
    await started.launch(launch);
    const sandbox = join(sandboxRoot, launch.attemptId);
    await until(() => existsSync(sandbox));
    await started.driver.stop('disconnect');
    const later = await start();
    await later.driver.reconcile([reference(launch)]);
    expect((await later.log.end(launch.attemptId)).state).toBe('TASK_GONE');
    process.kill(starter, 'SIGCONT');
    await until(() => !runsStill(starter));
    await until(() => !listProcesses().some((stat) => isLive(stat) && isNamed(stat.pid, sandbox)));
    expect(existsSync(join(sandbox, 'ran'))).toBe(false);
  });

  it('ends with a driver that is killed, and attempts do not', async () => {
    const script = fileURLToPath(new URL('doomed-process.ts', import.meta.url));
    const doomed = spawn(
      process.execPath,
      ['--conditions=@galaxy-mesos/source', script, sandboxRoot, 'hold', waiting(4)],
      { stdio: 'ignore' },
    );
    await until(() => existsSync(join(sandboxRoot, 'attempt-0', 'stdout')));
    const started = await start();
    const attempt = reference({ attemptId: 'attempt-0' });
    const starter = await starterOf(started, attempt);
    doomed.kill('SIGKILL');
    await until(() => !runsStill(starter));
    await started.driver.reconcile([attempt]);
    await started.log.update(attempt.attemptId, ['TASK_RUNNING']);
    await letGo(attempt);
    expect((await started.log.end(attempt.attemptId)).exitCode).toBe(4);
  });

  it.each([
    ['cannot be started', '/nowhere/node', /ENOENT/],
    ['ends at once', '/bin/false', /has ended before it was ready/],
  ])('tells of each attempt that it %s, and tries again for the next', async (_, program, message) => {
    const { execPath } = process;
    process.execPath = program;
    try {
      const started = await start();
      for (const launch of [aLaunch('true'), aLaunch('true')]) {
        const end = await started.outcome(launch);
        expect(end).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
        expect(end.message).toMatch(message);
      }
      process.execPath = execPath;
      expect((await started.outcome(aLaunch('true'))).state).toBe('TASK_FINISHED');
      await started.freshOffer(resources);
    } finally {
      process.execPath = execPath;
    }
  });
});
