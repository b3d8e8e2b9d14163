import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
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

function spawnInSandbox(command: mesos.CommandInfo): ChildProcess {
  const { file, argv } = toExecute(command);
  const [argv0 = file, ...args] = argv;
  const output = openSync('stdout', 'a');
  const errors = openSync('stderr', 'a');
  try {
    return spawn(file, args, {
      argv0,
      // A session of its own, so that all it starts can be signalled together.
      detached: true,
      env: environmentOf(command),
      stdio: ['ignore', output, errors],
    });
  } finally {
    closeSync(output);
    closeSync(errors);
  }
}

/** A command that runs in the sandbox, and writes to the files `stdout` and `stderr` there. */
export class Command {
  readonly #child: ChildProcess;
  readonly #ended = Promise.withResolvers<Exit>();

  /** Starts it. */
  constructor(command: mesos.CommandInfo) {
    this.#child = spawnInSandbox(command);
    this.#child.once('exit', (code, signal) => {
      // What it left running in the background ends with it.
      this.signal('SIGKILL');
      this.#ended.resolve({ code, signal });
    });
    this.#child.once('error', ({ message }) => {
      appendFileSync('stderr', `Failed to execute command: ${message}\n`);
      this.#ended.resolve({ code: 1, signal: null });
    });
  }

  /** False where it could not be started: it ends with status 1 then, and `stderr` says why. */
  get isStarted(): boolean {
    return this.#child.pid !== undefined;
  }

  /** Resolves when it has ended. */
  get ended(): Promise<Exit> {
    return this.#ended.promise;
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
