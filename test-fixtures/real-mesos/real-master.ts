import { rmSync, writeFileSync } from 'node:fs';
import { askMaster, type MasterAnswer, type Standing } from './master-api.ts';
import type { MesosProcess } from './mesos-process.ts';
import type { Credential } from './options.ts';
import { waitFor } from './waiting.ts';

/** One master of a running cluster. Everything but `url` and `standing` needs separate processes. */
export interface RealMaster {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What it is doing at the moment. */
  standing(): Promise<Standing>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port and registry. Resolves once it leads, or knows who does; agents may be missing. */
  restart(): Promise<void>;
  /** As `restart`, but only so far that its port is open: everything is answered with 404, as for a moment at any start. */
  restartHeld(): Promise<void>;
  /** Lets one that is held start. Resolves as `restart` does. */
  release(): Promise<void>;
  /** SIGSTOP: connections are taken, and not answered. A leader loses its lead to another master. */
  freeze(): void;
  /** One that has lost the lead meanwhile ends by itself. */
  thaw(): void;
}

/** How a {@link MasterHandle} is made. */
export interface MasterHandleOptions {
  readonly process: MesosProcess;
  /** The master starts once this file is there: `RIG_LAUNCH_ONCE` of the process. */
  readonly launchFile: string;
  /** What it may be doing when `restart` and `release` resolve. */
  readonly ready: readonly Standing[];
  /** Whether agents are in the same process, which rules out to kill or freeze it. */
  readonly shared: boolean;
  readonly credential: Credential | undefined;
}

/** A {@link RealMaster}, and what the cluster wants of it besides. */
export class MasterHandle implements RealMaster {
  readonly #options: MasterHandleOptions;

  constructor(options: MasterHandleOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#options.process.port}`;
  }

  /** @throws Error if the process has ended by itself. */
  assertAlive(): void {
    this.#options.process.assertAlive();
  }

  ask(): Promise<MasterAnswer> {
    return askMaster(this.url, this.#options.credential);
  }

  async standing(): Promise<Standing> {
    return (await this.ask()).standing;
  }

  /** For the first time. Resolves as `restart` does. */
  async start(): Promise<void> {
    writeFileSync(this.#options.launchFile, '');
    this.#options.process.start();
    await this.#waitUntil(this.#options.ready);
  }

  async kill(): Promise<void> {
    this.#needProcess();
    await this.#options.process.kill();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async restartHeld(): Promise<void> {
    await this.kill();
    rmSync(this.#options.launchFile, { force: true });
    this.#options.process.start();
    await this.#waitUntil(['booting']);
  }

  async release(): Promise<void> {
    this.#needProcess();
    writeFileSync(this.#options.launchFile, '');
    await this.#waitUntil(this.#options.ready);
  }

  freeze(): void {
    this.#needProcess();
    this.#options.process.signal('SIGSTOP');
  }

  thaw(): void {
    this.#needProcess();
    this.#options.process.signal('SIGCONT');
  }

  async #waitUntil(standings: readonly Standing[]): Promise<void> {
    await waitFor(`the master at ${this.url} to be ${standings.join(' or ')}`, async () => {
      this.assertAlive();
      return standings.includes(await this.standing()) || undefined;
    });
  }

  #needProcess(): void {
    if (this.#options.shared)
      throw new Error('master and agents share a process: start with separateProcesses: true');
  }
}
