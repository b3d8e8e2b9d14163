import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { program, Run } from './command.ts';

/** Whoever jobs may run as; root is not. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

/** A daemon that runs jobs on this machine, as nobody where tests run as root. */
export class DaemonProcess {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly #flags: readonly string[];
  #run: Run;
  url = '';

  private constructor(directory: string, port: number, flags: readonly string[]) {
    this.directory = directory;
    this.#flags = flags;
    this.environment = { HOME: directory };
    this.#run = this.#begin(`127.0.0.1:${port}`);
  }

  /** Starts a daemon in a directory of its own, for the running test. */
  static async start(...flags: readonly string[]): Promise<DaemonProcess> {
    const directory = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-daemon-'));
    chmodSync(directory, 0o755);
    if (isRoot) chownSync(directory, nobody, nobody);
    // Not 0 for any: that may be somebody else's by the time that the daemon is started again.
    const daemon = new DaemonProcess(directory, await freePort(), flags);
    onTestFinished(async () => {
      await daemon.kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    });
    await daemon.#listening();
    return daemon;
  }

  async kill(): Promise<void> {
    await this.#run.killed();
  }

  /** Starts it again on the same port and state. */
  async startAgain(): Promise<void> {
    this.#run = this.#begin(new URL(this.url).host);
    await this.#listening();
  }

  #begin(listen: string): Run {
    const words = [process.execPath, program, 'daemon', '--listen', listen, '--state'];
    const argv = [...words, path.join(this.directory, 'state'), ...this.#flags];
    const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    const { directory, environment } = this;
    return new Run(isRoot ? [...asNobody, ...argv] : argv, { cwd: directory, environment });
  }

  async #listening(): Promise<void> {
    await this.#run.until((printed) => / listens on http\S+ /.test(printed));
    this.url = / listens on (http\S+) /.exec(this.#run.stdout)?.[1] ?? '';
  }
}
