import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ProcessSettings } from './process-settings.ts';

const program = join(import.meta.dirname, 'scheduler-process.ts');
const flags = ['--conditions=@galaxy-mesos/source', '--disable-warning=ExperimentalWarning'];

/** `scheduler-process.ts`, running. */
export class SchedulerChild {
  readonly lines: string[] = [];
  /** The signal that ended it, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
  readonly #process: ChildProcess;
  readonly #looks = new Set<() => void>();

  constructor(settings: ProcessSettings) {
    this.#process = spawn(process.execPath, [...flags, program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.ended = new Promise((resolve) =>
      this.#process.once('exit', (code, signal) => {
        resolve(signal ?? code);
        this.#look();
      }),
    );
    if (!this.#process.stdout) throw new Error('its output is a pipe');
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.#look();
    });
  }

  /** Resolves once it has printed `line` so often, or has ended. */
  async until(line: string, occurrence = 1): Promise<void> {
    const isThere = () =>
      this.#hasEnded || this.lines.filter((printed) => printed.startsWith(line)).length >= occurrence;
    if (isThere()) return;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!isThere()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
    });
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  /** `kill -9`; resolves once it is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }
}
