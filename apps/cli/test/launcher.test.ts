import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, fasta, galaxyMesos } from './command.ts';

const program = path.join(import.meta.dirname, '../bin/galaxy-mesos.js');

/** A Node on the path that is too old for the command itself, if there is one. */
const oldNode = (process.env.PATH ?? '')
  .split(path.delimiter)
  .map((directory) => path.join(directory, 'node'))
  .find((node) => {
    if (!existsSync(node)) return false;
    const [major = 0] = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.split(
      '.',
    );
    return Number(major) < 22;
  });

let cwd: string;
beforeEach(() => {
  cwd = directoryForTest();
  writeFileSync(path.join(cwd, 'reads.fa'), fasta(4));
});
afterEach(() => expect(processesBelow(cwd)).toEqual([]));

const words = (command: string) => [
  ...['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', '--cpus', '0.1'],
  ...['--', `${command} cat {input}`],
];
const untilGo = 'echo begun >> ../../../log; while [ ! -e ../../../go ]; do sleep 0.1; done;';

/** Starts the command on the old Node, and waits until tasks run. */
async function begin() {
  const launcher = spawn(oldNode ?? '', [program, ...words(untilGo)], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed: Buffer[] = [];
  launcher.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  await expect.poll(() => existsSync(path.join(cwd, 'log')), { timeout: 20_000 }).toBe(true);
  return { launcher, stderr: () => Buffer.concat(printed).toString() };
}

/** Whether a process is a command of ours, which is where it was started; tasks are below. */
function isCommand(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cwd;
  } catch {
    // Gone meanwhile.
    return false;
  }
}

async function finish() {
  writeFileSync(path.join(cwd, 'go'), '');
  const resume = ['map', '--resume', ...words(untilGo).slice(1)];
  expect(await galaxyMesos(resume, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toBe(fasta(4));
}

describe.skipIf(oldNode === undefined)('galaxy-mesos on a Node that is too old', () => {
  it('runs on the Node that npm brought, and ends as it does', () => {
    const run = (...args: string[]) =>
      spawnSync(oldNode ?? '', [program, ...args], { cwd, encoding: 'utf8' });
    expect(run(...words('')).status).toBe(0);
    expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toBe(fasta(4));
    expect(run('nonsense').status).toBe(2);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, once', async (signal) => {
    const { launcher, stderr } = await begin();
    launcher.kill(signal);
    expect(await once(launcher, 'close')).toEqual([130, null]);
    expect(stderr()).toContain('interrupted: 0 of 4 tasks are done');
    await finish();
  });

  it('leaves no command behind that holds the job when it is killed', async () => {
    const { launcher } = await begin();
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    // The command learns of it from a channel, and ends a moment later.
    await expect.poll(() => processesBelow(cwd).filter(isCommand), { timeout: 20_000 }).toEqual([]);
    await finish();
  });
});
