import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';
import { freePort } from '../real-mesos/mesos-process.ts';
import { makeOwnedFolder } from '../real-mesos/owned-folder.ts';
import { waitFor } from '../real-mesos/waiting.ts';
import { ServerProcess } from '../real-pulsar/server-process.ts';
import { startAccounting } from './accounting.ts';
import { slurmSearchPath } from './availability.ts';
import { planSlurm, type RealSlurmOptions, type SlurmPlaces, writeConfiguration } from './configuration.ts';
import { killWith, type MarkedProcess, processesWith } from './marked-processes.ts';

export { knownAccount } from './accounting.ts';
export { requireRealSlurm } from './availability.ts';

/** What came of a command. */
export interface SlurmAnswer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A daemon that can be stopped, killed and started again. */
export interface SlurmDaemon {
  /** SIGTERM, as an administrator stops it; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL: what it has started goes on. */
  kill(): Promise<void>;
  /** Resolves once it serves again. */
  start(): Promise<void>;
}

/** A running Slurm. */
export interface RealSlurm extends AsyncDisposable {
  /** What programs need to find this Slurm: SLURM_CONF and a PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly controller: SlurmDaemon;
  /** The `slurmd` of n1, n2, … */
  readonly nodes: readonly SlurmDaemon[];
  /** Runs a program with its environment. Never rejects for what the program says. */
  run(program: string, words?: readonly string[], input?: string): Promise<SlurmAnswer>;
  /** Jobs that wait or run, each as `ID NAME STATE`. */
  jobs(): Promise<readonly string[]>;
  /** Processes of its jobs: all that was started with its SLURM_CONF, but for its own daemons. */
  jobProcesses(): readonly MarkedProcess[];
}

/** Starts a Slurm on free ports of this machine, in a temporary folder. Leaving its scope ends it with all its jobs. */
export async function startSlurm(options: RealSlurmOptions = {}): Promise<RealSlurm> {
  const folder = makeOwnedFolder('real-slurm');
  const ports = await Promise.all(Array.from({ length: 2 + (options.nodes ?? 3) }, freePort));
  const places = planSlurm(folder, ports);
  writeConfiguration(places, options);
  const slurm = new Slurm(places);
  try {
    await slurm.start(options);
  } catch (error) {
    await slurm[Symbol.asyncDispose]();
    throw error;
  }
  return slurm;
}

class Slurm implements RealSlurm {
  readonly environment: Readonly<Record<string, string>>;
  readonly controller: ServerProcess;
  readonly nodes: readonly ServerProcess[];
  readonly #places: SlurmPlaces;
  readonly #munge: ServerProcess;
  #accounting: readonly ServerProcess[] = [];

  constructor(places: SlurmPlaces) {
    this.#places = places;
    this.environment = { PATH: slurmSearchPath, SLURM_CONF: places.configuration };
    const { folder, configuration } = places;
    this.#munge = this.#daemon('munged', ['munged', ...mungeFlags(places)], async () =>
      this.#succeeds('munge', ['--no-input', `--socket=${places.munge.socket}`]),
    );
    this.controller = this.#daemon('slurmctld', ['slurmctld', '-D', '-f', configuration], async () =>
      this.#says(/ is UP/, 'scontrol', ['ping']),
    );
    this.nodes = places.nodePorts.map((_, index) => {
      const name = `n${index + 1}`;
      return this.#daemon(`slurmd-${name}`, ['slurmd', '-D', '-N', name, '-f', configuration], async () =>
        this.#says(/^(?:idle|mixed|allocated)\s*$/, 'sinfo', ['-h', '-p', 'main', '-n', name, '-o', '%T']),
      );
    });
    process.once('exit', this.#removeFolder);
    writeFileSync(join(folder, 'munge', 'key'), randomBytes(1024), { mode: 0o600 });
  }

  async start({ accounting = false }: RealSlurmOptions): Promise<void> {
    await this.#munge.start();
    if (accounting) this.#accounting = await startAccounting(this.#places, this.#fullEnvironment());
    await this.controller.start();
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  async run(program: string, words: readonly string[] = [], input = ''): Promise<SlurmAnswer> {
    const child = spawn(program, words, { env: this.#fullEnvironment() });
    // A program that has read enough closes its input.
    child.stdin.on('error', () => undefined).end(input);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { exitCode, stdout, stderr };
  }

  async jobs(): Promise<readonly string[]> {
    const { exitCode, stdout, stderr } = await this.run('squeue', ['-h', '-o', '%i %j %T']);
    if (exitCode !== 0) throw new Error(`squeue: ${stderr}`);
    return stdout.split('\n').filter((line) => line !== '');
  }

  jobProcesses(): readonly MarkedProcess[] {
    return processesWith(this.#mark).filter(
      ({ command }) =>
        !/^(?:setpriv|\S*slurm(?:d|ctld|dbd)|: slurmscriptd|\S*munged|\S*mariadbd)\b/.test(command),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.controller.isRunning) {
      await this.run('scancel', ['--full', '--quiet', '--user=root']);
      await waitFor('all jobs to end', async () => (await this.jobs()).length === 0 || undefined).catch(
        () => undefined,
      );
    }
    for (const daemon of [...this.nodes, this.controller, ...this.#accounting, this.#munge])
      await daemon.end();
    // Steps outlive their slurmd.
    await killWith(this.#mark);
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  get #mark(): string {
    return `SLURM_CONF=${this.#places.configuration}`;
  }

  readonly #removeFolder = (): void => {
    rmSync(this.#places.folder, { recursive: true, force: true, maxRetries: 5 });
  };

  #fullEnvironment(): Record<string, string | undefined> {
    // Settings of a Slurm that surrounds the tests are none of ours.
    const entries = Object.entries(env).filter(
      ([name]) => !/^(?:SLURM|SBATCH|SQUEUE|SINFO|SACCT)/.test(name),
    );
    return { ...Object.fromEntries(entries), ...this.environment };
  }

  #daemon(name: string, command: readonly [string, ...string[]], isServing: () => Promise<boolean>) {
    const { folder } = this.#places;
    return new ServerProcess({
      name,
      command,
      folder,
      environment: this.#fullEnvironment(),
      logFile: join(folder, 'log', `${name}.out`),
      isServing,
      patienceMilliseconds: 60_000,
    });
  }

  async #succeeds(program: string, words: readonly string[]): Promise<boolean> {
    return (await this.run(program, words)).exitCode === 0;
  }

  async #says(expected: RegExp, program: string, words: readonly string[]): Promise<boolean> {
    return expected.test((await this.run(program, words)).stdout);
  }
}

const mungeFlags = ({ folder, munge }: SlurmPlaces): readonly string[] => [
  '--foreground',
  '--force',
  `--key-file=${munge.key}`,
  `--socket=${munge.socket}`,
  `--pid-file=${join(folder, 'run', 'munged.pid')}`,
  `--log-file=${join(folder, 'log', 'munged.log')}`,
  `--seed-file=${join(folder, 'munge', 'seed')}`,
];
