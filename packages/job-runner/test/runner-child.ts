import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const script = path.join(import.meta.dirname, 'runner-process.ts');

/** A runner in a process of its own. */
export class RunnerProcess {
  readonly #child: ChildProcess;
  #output = '';
  #changed: () => void = () => {};

  constructor(root: string, jobs: number, master?: string) {
    const parameters = [root, String(jobs), ...(master === undefined ? [] : [master])];
    this.#child = spawn(process.execPath, ['--conditions=@galaxy-mesos/source', script, ...parameters], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#output += bytes.toString();
      this.#changed();
    });
    this.#child.on('exit', () => this.#changed());
  }

  /** Resolves when it has said this, or has ended; answers whether it has said it. */
  async said(words: string): Promise<boolean> {
    while (!this.#output.includes(words) && this.#child.exitCode === null && this.#child.signalCode === null)
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    return this.#output.includes(words);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
