import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, kill } from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { wordsToBecome } from './become-master.ts';
import { keepMasterHere, stopMasterHere } from './here.ts';

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

let folder: string;
/** As it lies below the directory of all clusters. */
let directory: string;
const groups: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'master-here-'));
  directory = join(folder, 'night', 'master');
  mkdirSync(directory, { recursive: true });
});
afterEach(() => {
  for (const leader of groups.splice(0)) if (lives(leader)) kill(-leader, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function lives(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // There is no such process.
    return false;
  }
}

const childrenOf = (pid: number): readonly number[] => {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return text === '' ? [] : text.split(' ').map(Number);
};

/** A program that says what a master says when it listens. */
const listener = `
  const server = require('node:net').createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1', () => {
    console.log('Master 1 (localhost) started on 127.0.0.1:' + server.address().port);
  });
`;

async function start(): Promise<number> {
  const script = join(folder, 'listener.cjs');
  writeFileSync(script, listener);
  const { pid } = await keepMasterHere({ directory, program: [execPath, script], ip: '127.0.0.1' });
  groups.push(pid);
  return pid;
}

/** Makes the master one of another machine, as far as can be seen. */
function moveAway(): void {
  const file = join(directory, 'here.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...record, host: 'login2' }));
}

describe('a master that was started on another machine', { timeout: 120_000 }, () => {
  it('is ended by the process beside it, and forgotten when it is gone', async () => {
    const pid = await start();
    moveAway();
    await expect(stopMasterHere(directory)).rejects.toThrow(
      `started on login2, is told to end, and does so within a minute; should it stay, end process ${pid} there`,
    );
    await until(() => expect(lives(pid)).toBe(false));
    await stopMasterHere(directory);
    expect(existsSync(join(directory, 'here.json'))).toBe(false);
    expect(existsSync(join(directory, 'registry'))).toBe(false);
  });

  it('is forgotten where nothing listens any more: that machine may be gone for good', async () => {
    const pid = await start();
    kill(-pid, 'SIGKILL');
    await until(() => expect(lives(pid)).toBe(false));
    moveAway();
    // Its socket may outlive it by a moment.
    await until(() => stopMasterHere(directory));
    expect(existsSync(join(directory, 'here.json'))).toBe(false);
  });
});

describe('what comes before a master', { timeout: 120_000 }, () => {
  it('are the lines of setup, and an image that sees its directories', async () => {
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    const runtime = `#!/bin/sh\necho "$SAID: $*" >'${tools}/words'\nwhile [ "$1" != 'an image' ]; do shift; done\nshift\nexec "$@"\n`;
    writeFileSync(join(tools, 'apptainer'), runtime, { mode: 0o755 });
    const script = join(folder, 'listener.cjs');
    writeFileSync(script, listener);
    const { pid } = await keepMasterHere({
      directory,
      program: [execPath, script],
      ip: '127.0.0.1',
      setup: ["SAID='it''s $HOME'", `export SAID PATH="${tools}:$PATH"`, 'false'],
      image: 'an image',
      accessDirectory: '/a b',
    });
    groups.push(pid);
    expect(readFileSync(join(tools, 'words'), 'utf8')).toMatch(
      `its $HOME: exec --bind ${directory} --bind /a b an image ${execPath} ${script} --work_dir=`,
    );
    await stopMasterHere(directory);
    expect(lives(pid)).toBe(false);
  });

  it('is told where there is no such program, in the same words each time, until it is there', async () => {
    const program = [join(folder, 'no master')];
    const words = `${program[0]} does not start: ${program[0]} is not to be found on this machine`;
    const options = { directory, program, ip: '127.0.0.1' };
    await expect(keepMasterHere(options)).rejects.toThrow(words);
    await expect(keepMasterHere(options)).rejects.toThrow(words);
  });
});

describe('the process beside a master', { timeout: 120_000 }, () => {
  const file = () => join(directory, 'here.stat');
  /** Something that ends only when it is told to. */
  async function become(): Promise<{ readonly pid: number; readonly over: Promise<unknown> }> {
    const words = wordsToBecome(file(), ['sleep', '1000'], { seconds: 0.05, logBytes: 1000 });
    const child = spawn('/bin/sh', words, { detached: true, stdio: 'ignore' });
    const pid = child.pid ?? 0;
    groups.push(pid);
    // From here on it has to bear anything: the process beside it may not have begun.
    await until(() => expect(readFileSync(file(), 'latin1')).toMatch(new RegExp(`^${pid} `)));
    return { pid, over: once(child, 'exit') };
  }

  it('ends it when another machine says so', async () => {
    const { over } = await become();
    writeFileSync(`${file()}.end`, '');
    expect(await over).toEqual([null, 'SIGTERM']);
  });

  it('keeps the end of a log that has grown big, and lets it grow anew', async () => {
    const log = join(directory, 'log');
    await become();
    writeFileSync(log, 'x'.repeat(1000));
    appendFileSync(log, 'the last');
    await until(() => expect(readFileSync(log, 'utf8')).toBe(''));
    expect(readFileSync(`${log}.old`, 'utf8')).toMatch(/^x{1000}the last$/);
    appendFileSync(log, 'more');
    expect(readFileSync(log, 'utf8')).toBe('more');
  });

  it('ends it when nobody knows of it any more, or another one has its place', async () => {
    const forgotten = await become();
    rmSync(join(folder, 'night'), { recursive: true });
    expect(await forgotten.over).toEqual([null, 'SIGTERM']);
    mkdirSync(directory, { recursive: true });
    const replaced = await become();
    writeFileSync(file(), '1 (sh) S 0');
    expect(await replaced.over).toEqual([null, 'SIGTERM']);
  });

  it('leaves it alone where its directory is not to be seen, and ends by itself when it has ended', async () => {
    const { pid, over } = await become();
    // Before it is the master, it may have a command to itself as a child.
    await until(() => expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toMatch(/^sleep/));
    await until(() => expect(childrenOf(pid)).toHaveLength(1));
    const [watcher = 0] = childrenOf(pid);
    rmSync(folder, { recursive: true });
    // It would have given up long before, had it seen the directory of all clusters.
    const pauses = new Set<number>();
    await until(() => {
      for (const pause of childrenOf(watcher)) pauses.add(pause);
      expect(pauses.size).toBeGreaterThan(24);
    });
    expect(lives(pid)).toBe(true);
    kill(pid, 'SIGKILL');
    await over;
    await until(() => expect(lives(watcher)).toBe(false));
  });
});
