import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

/** How a daemon is started. */
export interface DaemonStart {
  /** Absent: where it is kept by default. */
  readonly state?: string;
  /** Besides those that every test needs: a free port, and as whom jobs run. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Flags that say as whom jobs run; a daemon that is started as root needs them. */
  readonly asWhom?: readonly string[];
}

/** How a process ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const asThisUser = (): readonly string[] => (process.getuid?.() === 0 ? ['--run-as', 'root'] : []);

/** A daemon in a process of its own, as users have it. */
export class DaemonProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';

  constructor({ state, flags = [], environment = {}, asWhom = asThisUser() }: DaemonStart) {
    const where = flags.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    this.child = spawn(
      process.execPath,
      [
        '--conditions=@galaxy-mesos/source',
        program,
        'daemon',
        ...(state === undefined ? [] : ['--state', state]),
        ...where,
        ...asWhom,
        ...flags,
      ],
      { env: { ...process.env, MESOS_URL: undefined, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    await this.until(() => /listens on \S+ /.test(this.stdout));
    return /listens on (\S+) /.exec(this.stdout)?.[1] ?? '';
  }

  /** The events of the log, as objects; the last line may not be whole yet. */
  logged(): Record<string, unknown>[] {
    return this.stderr
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Resolves when something is so; rejects if the process ends before. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the daemon ended (${this.child.exitCode}):\n${this.stdout}\n${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async ended(): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    const { exitCode: code, signalCode: signal } = this.child;
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }

  stopped(): Promise<Ended> {
    this.signal('SIGTERM');
    return this.ended();
  }

  killed(): Promise<Ended> {
    this.signal('SIGKILL');
    return this.ended();
  }
}

/** Starts a daemon that ends with the running test. */
export function startDaemon(start: DaemonStart): DaemonProcess {
  const daemon = new DaemonProcess(start);
  onTestFinished(async () => {
    await daemon.killed();
  });
  return daemon;
}

/** A directory that goes with the running test. */
export function directoryForTest(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-daemon-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}
