import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runQueueCommand } from './queue-commands.ts';

const options = { ssh: [], timeoutMilliseconds: 60_000 };
const bash = (text: string, ...words: string[]) => ({
  program: 'bash',
  arguments: ['-c', text, 'bash', ...words],
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queue-commands-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a queue command', () => {
  it('answers with its exit code and all it says', async () => {
    const command = { ...bash('cat; echo worse >&2; exit 3'), input: 'one\ntwo\n' };
    expect(await runQueueCommand(command, options)).toEqual({
      exitCode: 3,
      stdout: 'one\ntwo\n',
      stderr: 'worse\n',
    });
  });

  it('that is not there is told as a shell tells it', async () => {
    const answer = await runQueueCommand({ program: 'no-such-sbatch', arguments: [] }, options);
    expect(answer).toEqual({ exitCode: 127, stdout: '', stderr: 'no-such-sbatch: command not found' });
  });

  it('and what it starts see no secrets of this process', async () => {
    vi.stubEnv('SOME_SECRET', 'x');
    const { stdout } = await runQueueCommand(bash('env'), options);
    vi.unstubAllEnvs();
    expect(stdout).toContain('PATH=');
    expect(stdout).not.toContain('SOME_SECRET');
  });

  it('that was ended by a signal has no exit code', async () => {
    expect((await runQueueCommand(bash('kill -9 $$'), options)).exitCode).toBeNull();
  });

  it('that hangs is ended with its children, though they ignore signals and hold its output', async () => {
    const pids = join(folder, 'pids');
    const hanging = bash('trap "" TERM; sleep 600 & echo $$ $! > "$1"; wait', pids);
    const waiting = runQueueCommand(hanging, { ...options, timeoutMilliseconds: 2000 });
    expect(await waiting).toEqual({ exitCode: null, stdout: '', stderr: '' });
    const [shell, child] = (await readFile(pids, 'utf8')).trim().split(' ').map(Number);
    const state = async (pid: number | undefined) =>
      (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone) Z')).split(') ')[1]?.[0];
    await vi.waitFor(
      async () => expect([await state(shell), await state(child)]).toEqual(['Z', 'Z']),
      30_000,
    );
  });

  it('is over when it has ended, though what it left behind holds its output, and leaves that alone', async () => {
    const pidFile = join(folder, 'pid');
    const command = bash('sleep 600 & echo $! > "$1"; echo "job 5"; exit 3', pidFile);
    expect(await runQueueCommand(command, options)).toEqual({ exitCode: 3, stdout: 'job 5\n', stderr: '' });
    // Throws if it is gone.
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
  });

  it('may leave its input unread', async () => {
    const command = { program: 'true', arguments: [], input: 'x'.repeat(1_000_000) };
    expect((await runQueueCommand(command, options)).exitCode).toBe(0);
  });

  it('ends when the launcher does', async () => {
    const end = new AbortController();
    const waiting = runQueueCommand(bash('sleep 600'), { ...options, signal: end.signal });
    end.abort();
    expect((await waiting).exitCode).toBeNull();
    expect(
      (await runQueueCommand(bash('sleep 600'), { ...options, signal: end.signal })).exitCode,
    ).toBeNull();
  });

  it('speaks English', async () => {
    const { stdout } = await runQueueCommand(bash('echo "$LC_ALL"'), options);
    expect(stdout).toBe('C\n');
  });
});
