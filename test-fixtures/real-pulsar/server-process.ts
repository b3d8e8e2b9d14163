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

  /** SIGTERM to it alone, as an administrator stops it. Rejects, and kills it, if it does not end in time. */
  async stop(): Promise<void> {
    const { name, patienceMilliseconds } = this.#options;
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = AbortSignal.timeout(patienceMilliseconds);
    await Promise.race([exit, once(patience, 'abort')]);
    if (!this.isRunning) return;
    await this.kill();
    throw new Error(`waited ${patienceMilliseconds / 1000} s for ${name} to stop:\n${this.endOfLog()}`);
  }

  /** SIGKILL to it alone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  /** SIGKILL to it and to those of its children that are in its process group. */
  async end(): Promise<void> {
    await this.kill();
    if (this.#child) signalGroup(this.#child, 'SIGKILL');
  }

  endOfLog(lines = 20): string {
    const { logFile } = this.#options;
    return existsSync(logFile)
      ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-lines).join('\n')
      : '';
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
