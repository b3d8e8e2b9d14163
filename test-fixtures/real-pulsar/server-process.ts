import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerProcessOptions {
  /** For messages: `the Galaxy`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** Whether it serves by now. */
  readonly isServing: () => Promise<boolean>;
  /** How long it may take until it serves, and until it has stopped. */
  readonly patienceMilliseconds: number;
}

const pollMilliseconds = 100;

/** A server that can be killed, stopped and started again; it ends with this process however that ends. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  /** Resolves once it serves. */
  async start(): Promise<void> {
    const { name, command, folder, environment, logFile, isServing, patienceMilliseconds } = this.#options;
    const log = openSync(logFile, 'a');
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    const deadline = performance.now() + patienceMilliseconds;
    while (!(await isServing().catch(() => false))) {
      this.#assertAlive();
      if (performance.now() > deadline)
        throw new Error(`waited ${patienceMilliseconds / 1000} s for ${name}:\n${this.endOfLog()}`);
      await sleep(pollMilliseconds);
    }
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** SIGTERM, as an administrator stops it; SIGKILL if it takes too long. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** SIGKILL to it and those of its children that are in its process group. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  endOfLog(lines = 20): string {
    const { logFile } = this.#options;
    return existsSync(logFile)
      ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-lines).join('\n')
      : '';
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const exit = once(child, 'exit');
    if (signal === 'SIGTERM') {
      child.kill(signal);
      const patience = AbortSignal.timeout(this.#options.patienceMilliseconds);
      await Promise.race([exit, once(patience, 'abort')]);
    }
    signalGroup(child, 'SIGKILL');
    await exit;
    this.#child = undefined;
  }

  #assertAlive(): void {
    if (this.isRunning) return;
    const code = this.#child?.exitCode ?? this.#child?.signalCode;
    throw new Error(`${this.#options.name} ended (${code}):\n${this.endOfLog()}`);
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It has ended, and all its children, too.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
