import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BatchJobReport, BatchJobRequest, QueueCommand } from '../../src/dialects/dialect.ts';
import { shell } from '../../src/dialects/shell/index.ts';
import { runQueueCommand } from '../../src/launcher/queue-commands.ts';

const run = (command: QueueCommand) => runQueueCommand(command, { ssh: [], timeoutMilliseconds: 60_000 });

describe('batch jobs that are processes of this machine', () => {
  let folder: string;
  let ids: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shell jobs-'));
    ids = [];
  });

  afterEach(async () => {
    await run(shell.cancel(ids));
    await until('all jobs have ended', async () =>
      (await all()).every(({ state }) => state.kind === 'ended'),
    );
    rmSync(folder, { recursive: true, force: true });
  });

  const directoryOf = (name: string) => join(folder, name);
  const logOf = (name: string) => join(directoryOf(name), 'log');

  async function submitted(
    name: string,
    script: string,
    options: Partial<BatchJobRequest> = {},
    path = process.env.PATH,
  ): Promise<string> {
    const command = shell.submit({
      name,
      script: `#!/bin/bash\n${script}`,
      directory: directoryOf(name),
      log: logOf(name),
      cpus: 1,
      memMb: 100,
      gpus: 0,
      walltimeSeconds: 600,
      warningSeconds: 0,
      extra: [],
      excludedNodes: [],
      ...options,
    });
    const outcome = shell.submitted(
      await run({
        ...command,
        program: 'env',
        arguments: [`PATH=${path}`, command.program, ...command.arguments],
      }),
    );
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    ids.push(outcome.id);
    return outcome.id;
  }

  async function all(asked: readonly string[] = ids): Promise<readonly BatchJobReport[]> {
    const outcome = shell.statuses(await run(shell.status({ user: 'me', ids: asked, namePrefix: 'gm-' })));
    if (outcome.kind !== 'known') throw new Error(outcome.text);
    // Others may run jobs on this machine, too.
    return outcome.batchJobs.filter(({ id }) => id.includes(folder));
  }

  const stateOf = async (id: string) => (await all()).find((job) => job.id === id)?.state;

  async function ended(id: string) {
    await until(`${id} has ended`, async () => (await stateOf(id))?.kind === 'ended');
    return stateOf(id);
  }

  const said = (name: string) => (existsSync(logOf(name)) ? readFileSync(logOf(name), 'utf8') : '');
  const saying = (name: string, text: string) =>
    until(`${name} says ${text}`, () => Promise.resolve(said(name).includes(text)));

  /** Processes that have the folder in their command lines. */
  const processes = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(folder));

  it('run in their directory, write to their log, and are told how they ended', async () => {
    const fine = await submitted('gm-a', 'pwd; echo oops >&2');
    const bad = await submitted('gm-b', 'exit 3');
    expect(await ended(fine)).toMatchObject({ kind: 'ended', how: 'completed', exitCode: 0 });
    expect(await ended(bad)).toMatchObject({ kind: 'ended', how: 'failed', exitCode: 3 });
    expect(said('gm-a')).toBe(`${directoryOf('gm-a')}\noops\n`);
  });

  it('are found while they run by those who have not noted their ids', async () => {
    const id = await submitted('gm-a', 'sleep 600 & wait');
    const [found, ...others] = await all([]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ id, name: 'gm-a', state: { kind: 'running' } });
    const { startedAt = 0, endsAt = 0 } = found?.state.kind === 'running' ? found.state : {};
    expect(endsAt - startedAt).toBe(600_000);
  });

  it('are stopped by a signal to their script alone, which may then end as it likes', async () => {
    const id = await submitted(
      'gm-a',
      "sleep 600 & child=$!\ntrap 'echo asked; kill $child; exit 0' USR1\necho ready; wait",
    );
    await saying('gm-a', 'ready');
    expect(shell.cancelled(await run(shell.stop([id])))).toEqual({ kind: 'told' });
    expect(await ended(id)).toMatchObject({ how: 'completed', exitCode: 0 });
    expect(said('gm-a')).toBe('ready\nasked\n');
  });

  it('are cancelled with all that they have started, also in sessions of its own', async () => {
    const id = await submitted('gm-a', `setsid sh -c 'sleep 600; : ${folder}' &\necho ready; wait`);
    await saying('gm-a', 'ready');
    expect(shell.cancelled(await run(shell.cancel([id])))).toEqual({ kind: 'told' });
    expect(await ended(id)).toMatchObject({ how: 'cancelled' });
    await until('no process is left', () => Promise.resolve(processes().length === 0));
  });

  it('are warned before their walltime, and ended by it', async () => {
    const id = await submitted('gm-a', "trap 'echo warned' USR1\nsleep 600 & wait; sleep 600 & wait", {
      walltimeSeconds: 4,
      warningSeconds: 3,
    });
    expect(await ended(id)).toMatchObject({ how: 'walltime' });
    expect(said('gm-a')).toBe('warned\n');
  });

  it('outlive who has submitted them', async () => {
    // runQueueCommand kills the whole group of a command that takes too long; a job is not in it.
    const id = await submitted('gm-a', 'sleep 600 & wait');
    const keeper = Number(id.split('-')[0]);
    const group = execFileSync('ps', ['-o', 'pgid=', '-p', String(keeper)], { encoding: 'utf8' });
    expect(Number(group)).toBe(keeper);
  });

  it('are still known, and can be cancelled, when their keeper was killed', async () => {
    const id = await submitted('gm-a', `sh -c 'sleep 600; : ${folder}' & wait`);
    process.kill(Number(id.split('-')[0]), 'SIGKILL');
    expect(await stateOf(id)).toMatchObject({ kind: 'running' });
    await run(shell.cancel([id]));
    expect(await ended(id)).toMatchObject({ kind: 'ended', how: 'unknown' });
    await until('no process is left', () => Promise.resolve(processes().length === 0));
  });

  it('that somebody kills are cleared up after by what they have for that', async () => {
    const guard = 'while kill -0 "$0" 2>/dev/null; do sleep 0.1; done; sleep 2; echo cleared up';
    const id = await submitted('gm-a', `setsid bash -c '${guard}' $$ &\necho $$ ready; wait`);
    await saying('gm-a', 'ready');
    process.kill(Number.parseInt(said('gm-a'), 10), 'SIGKILL');
    expect(await ended(id)).toMatchObject({ how: 'failed', exitCode: 137 });
    expect(said('gm-a')).toMatch(/ready\n.*cleared up\n$/s);
  });

  it('are not there where the disk has no room for a record of them', async () => {
    // What is written to these two is written to a full disk.
    const own = join(directoryOf('gm-a'), 'shell-job');
    const links = `ln -s /dev/full '${own}/record.new' && ln -s /dev/full '${own}/trial'`;
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    const mkdir = `#!/bin/sh\n/bin/mkdir "$@" || exit\n[ ! -d '${own}' ] || { ${links}; }\n`;
    writeFileSync(join(tools, 'mkdir'), mkdir, { mode: 0o755 });
    await expect(submitted('gm-a', `: >'${folder}/ran'`, {}, `${tools}:${process.env.PATH}`)).rejects.toThrow(
      /refused.*transient.*No space left.*did not start/s,
    );
    expect(existsSync(join(own, 'record'))).toBe(false);
    expect(await all()).toEqual([]);
    await until('no process is left', () => Promise.resolve(processes().length === 0));
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('tell how they have ended as soon as the disk has room for that', async () => {
    const ending = join(directoryOf('gm-a'), 'shell-job', 'ended.new');
    const id = await submitted('gm-a', `ln -s /dev/full '${ending}'`);
    await saying('gm-a', 'rror');
    expect(await stateOf(id)).toMatchObject({ kind: 'running' });
    rmSync(ending);
    expect(await ended(id)).toMatchObject({ how: 'completed', exitCode: 0 });
  });

  it('are not taken for another process that got the same pid', async () => {
    const id = await submitted('gm-a', 'exit 0');
    await ended(id);
    const record = join(directoryOf('gm-a'), 'shell-job', 'record');
    const [, , boot] = readFileSync(record, 'utf8').split(' ');
    rmSync(join(directoryOf('gm-a'), 'shell-job', 'ended'));
    // As if this very process had their pids now.
    writeFileSync(record, `${process.pid} 1 ${boot} ${process.pid} 1 1 2 gm-a\n`);
    expect((await all()).map(({ state }) => state)).toMatchObject([{ kind: 'ended', how: 'unknown' }]);
    expect(shell.cancelled(await run(shell.cancel([`${process.pid}-1@${directoryOf('gm-a')}`])))).toEqual({
      kind: 'told',
    });
  });

  it('are refused where there is no place for them', async () => {
    mkdirSync(join(folder, 'gm-a'));
    await submitted('gm-a', 'exit 0');
    await expect(submitted('gm-a', 'exit 0')).rejects.toThrow(/refused.*File exists/);
    await expect(submitted('gm-b', 'exit 0', { log: '/proc/nowhere/log' })).rejects.toThrow(
      /refused.*did not start/,
    );
  });

  it('can be run here, as doctor finds out', async () => {
    const [probe] = shell.probes({});
    expect(probe?.judge(await run(probe.command))).toMatchObject({ state: 'ok' });
  });
});

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited a minute in vain until ${what}`);
    await sleep(100);
  }
}
