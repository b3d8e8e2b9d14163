import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Exit } from './exit-message.ts';

/** Of this process only: the token is the executor's, the other one of no use to a task. */
const notForTasks = /^(?:MESOS_EXECUTOR_AUTHENTICATION_TOKEN|NODE_COMPILE_CACHE)$/;

function environmentOf(command: mesos.CommandInfo): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !notForTasks.test(name));
  const given = (command.environment?.variables ?? []).map(({ name, value }) => [name, value ?? '']);
  return Object.fromEntries([...own, ...given]);
}

function toExecute(command: mesos.CommandInfo): { file: string; argv: readonly string[] } {
  const value = command.value ?? '';
  if (command.shell !== false) return { file: '/bin/sh', argv: ['sh', '-c', value] };
  return { file: value, argv: command.arguments ?? [value] };
}

function spawnInto(command: mesos.CommandInfo, output: number, errors: number): ChildProcess {
  const { file, argv } = toExecute(command);
  const [argv0 = file, ...args] = argv;
  return spawn(file, args, {
    argv0,
    // A session of its own, so that all it starts can be signalled together.
    detached: true,
    env: environmentOf(command),
    stdio: ['ignore', output, errors],
  });
}

/** A command that runs in the sandbox, and writes to the files `stdout` and `stderr` there. */
export class Command {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Undefined where it could not be started: `stderr` says why. */
  static async start(command: mesos.CommandInfo): Promise<Command | undefined> {
    const output = openSync('stdout', 'a');
    const errors = openSync('stderr', 'a');
    try {
      const child = spawnInto(command, output, errors);
      if (child.pid !== undefined) return new Command(child);
      const { promise, resolve } = Promise.withResolvers<Error>();
      child.once('error', resolve);
      writeSync(errors, `Failed to execute command: ${(await promise).message}\n`);
      return undefined;
    } finally {
      closeSync(output);
      closeSync(errors);
    }
  }

  /** Resolves when it has ended. What it left running in the background ends with it. */
  async ended(): Promise<Exit> {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.#child.once('exit', (code, signal) => resolve({ code, signal }));
    const exit = await promise;
    this.signal('SIGKILL');
    return exit;
  }

  /** To the command and all it has started. */
  signal(name: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
