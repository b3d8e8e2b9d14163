import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The command as users have it; `npm run build` makes what it loads. */
export const program = fileURLToPath(new URL('../bin/galaxy-mesos.js', import.meta.url));

/** How a run of the command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What of its surroundings a run does not share with the tests. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A run of the command that is going on. */
export class Run {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #closed: Promise<unknown>;
  #isClosed = false;

  constructor(argv: readonly string[], { cwd, environment }: Surroundings) {
    const [file = '', ...rest] = argv;
    const env = { ...process.env, MESOS_URL: undefined, ...environment };
    this.child = spawn(file, rest, { cwd, env });
    this.child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    // Not `exit`, after which some of what it printed may be still to come.
    this.#closed = once(this.child, 'close').finally(() => {
      this.#isClosed = true;
    });
    // Whoever waits for the end hears of it.
    this.#closed.catch(() => {});
  }

  /** Resolves when what was printed matches, and rejects if the run ends before. */
  async until(isThere: (printed: string) => boolean): Promise<void> {
    while (!isThere(`${this.stdout}\n${this.stderr}`)) {
      if (this.#isClosed) {
        throw new Error(`ended too early (${this.child.exitCode}):\n${this.stdout}\n${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async ended(): Promise<Ended> {
    await this.#closed;
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  async killed(): Promise<Ended> {
    this.child.kill('SIGKILL');
    return this.ended();
  }
}

/** Starts the command. */
export const start = (words: readonly string[], surroundings: Surroundings): Run =>
  new Run([process.execPath, program, ...words], surroundings);

/** Runs the command to its end. */
export const galaxyMesos = (words: readonly string[], surroundings: Surroundings): Promise<Ended> =>
  start(words, surroundings).ended();

/** A directory for the running test. */
export function directoryForTest(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** FASTA with records of different lengths. */
export const fasta = (records: number): string =>
  Array.from({ length: records }, (_, index) => `>r${index}\n${'ACGGT'.repeat(1 + (index % 7))}\n`).join('');

/** The events that `--json` printed. */
export const eventsIn = (stdout: string): readonly Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** What every line of `text` is once each, in order. */
export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
