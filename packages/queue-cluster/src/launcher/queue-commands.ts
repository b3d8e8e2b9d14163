import { execa } from 'execa';
import type { QueueAnswer, QueueCommand } from '../dialects/dialect.ts';
import { oneLine } from '../dialects/one-line.ts';
import { systemCodeOf } from '../standing/atomic-file.ts';
import { queueEnvironment } from './queue-environment.ts';
import { invocationOf } from './shell-line.ts';

/** How a queue command is run. */
export interface CommandOptions {
  /** The words in front of it; empty: it is run here. */
  readonly ssh: readonly string[];
  readonly timeoutMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a command of a queueing system. Never throws: whatever happens is an answer, after the time-out at the latest. */
export type RunCommand = (command: QueueCommand, options: CommandOptions) => Promise<QueueAnswer>;

/** The status of 2,000 jobs in Grid Engine's XML is 2 MB. */
const longestOutput = 64 * 1024 * 1024;

/**
 * How long the output of a command that has ended may go on: what it has left behind, such as the connection that `ssh`
 * keeps for later, may hold it open for ever.
 */
const leftoverMilliseconds = 1000;

/** A program that is not there is told as a shell tells it. */
const programMissing = 127;

function answerOfFailure(program: string, error: unknown): QueueAnswer {
  const code = systemCodeOf(error);
  const words = error instanceof Error ? oneLine(error.message) : String(error);
  if (code === 'ENOENT')
    return { exitCode: programMissing, stdout: '', stderr: `${program}: command not found` };
  return { exitCode: 126, stdout: '', stderr: `${program}: ${words}` };
}

const ended: QueueAnswer = { exitCode: null, stdout: '', stderr: '' };

/** Kills a command with what it has started, unless it is over. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error;
  }
}

/** Runs a queue command as a process of this machine. */
export const runQueueCommand: RunCommand = async (command, { ssh, timeoutMilliseconds, signal }) => {
  if (signal?.aborted) return ended;
  const { program, arguments: words } = invocationOf(command, ssh);
  const started = execa(program, words, {
    input: command.input ?? '',
    reject: false,
    stripFinalNewline: false,
    maxBuffer: longestOutput,
    // A group of its own, so that what it starts ends with it, and the terminal's Ctrl-C is not its matter.
    detached: true,
    // Queueing systems answer in their user's language otherwise.
    env: { ...queueEnvironment(process.env), LC_ALL: 'C' },
    extendEnv: false,
  });
  // What hangs may have handed its output to a child: waiting for it to end is waiting for that, too.
  const { promise: cut, resolve } = Promise.withResolvers<undefined>();
  const cutShort = () => resolve(undefined);
  let leftovers: NodeJS.Timeout | undefined;
  const timer = setTimeout(cutShort, timeoutMilliseconds);
  signal?.addEventListener('abort', cutShort, { once: true });
  started.nodeChildProcess.once('exit', () => {
    leftovers = setTimeout(() => {
      started.stdout.destroy();
      started.stderr.destroy();
    }, leftoverMilliseconds);
  });
  try {
    const result = await Promise.race([started, cut]);
    if (result === undefined) {
      killGroup(started.pid);
      return ended;
    }
    if (result.exitCode === undefined && result.signal === undefined)
      return answerOfFailure(program, result.cause);
    return { exitCode: result.exitCode ?? null, stdout: result.stdout, stderr: result.stderr };
  } finally {
    clearTimeout(timer);
    clearTimeout(leftovers);
    signal?.removeEventListener('abort', cutShort);
  }
};
