import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, killProcessesBelow, killProcessesBelowNow } from '../real-mesos/mesos-process.ts';
import { makeOwnedFolder } from '../real-mesos/owned-folder.ts';
import { waitFor } from '../real-mesos/waiting.ts';
import { killProcesses, type MarkedProcess, processesWith } from '../real-slurm/marked-processes.ts';

export { requireRealSge } from './availability.ts';

const execute = promisify(execFile);
const startScript = fileURLToPath(new URL('start.sh', import.meta.url));
const programs = '/usr/lib/gridengine';

/** A running Grid Engine: one host, the queues `all.q` and `short.q` of six slots each, the project `galaxy`. */
export interface RealSge extends AsyncDisposable {
  /** Holds its files, and those of jobs below `tmp`, until it is stopped. */
  readonly folder: string;
  /** The whole environment in which commands such as `qsub` find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a command prints on its standard output. Rejects if it fails. */
  run(program: string, ...words: readonly string[]): Promise<string>;
  /** Jobs that wait or run, each as a line of `qstat`. */
  jobs(): Promise<readonly string[]>;
  /** Processes of its jobs: all that was started with its SGE_ROOT, but for its own daemons. */
  jobProcesses(): readonly MarkedProcess[];
  /** SIGKILL to what runs the jobs, and to all processes of jobs, as if the host had lost its power. */
  loseHost(): Promise<void>;
  /** SIGKILL to what runs the jobs; they run on. */
  killExecd(): Promise<void>;
  startExecd(): Promise<void>;
  /** SIGKILL to the qmaster; jobs run on, and commands fail. */
  killQmaster(): Promise<void>;
  startQmaster(): Promise<void>;
  /** Ends everything that runs, jobs too, and removes all files. May be called twice. */
  stop(): Promise<void>;
}

function environmentOf(folder: string, qmasterPort: number, execdPort: number): Record<string, string> {
  const surrounding = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('SGE_') ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(surrounding),
    SGE_ROOT: join(folder, 'root'),
    SGE_CELL: 'rig',
    SGE_CLUSTER_NAME: 'rig',
    SGE_ARCH: 'lx-amd64',
    SGE_QMASTER_PORT: String(qmasterPort),
    SGE_EXECD_PORT: String(execdPort),
    PATH: `${programs}:${env.PATH ?? ''}`,
  };
}

function isGone(pid: number): boolean {
  try {
    // One that nobody has waited for yet is as good as gone.
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

class Rig implements RealSge {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #ports: readonly [number, number];
  /** Daemons do not end with this process. */
  readonly #onExit = () => {
    killProcessesBelowNow(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  };

  constructor(folder: string, ports: readonly [number, number]) {
    this.folder = folder;
    this.environment = environmentOf(folder, ...ports);
    this.#ports = ports;
    process.once('exit', this.#onExit);
  }

  async start(verb: 'all' | 'qmaster' | 'execd'): Promise<void> {
    const words = [verb, this.folder, ...this.#ports.map(String)];
    await execute(startScript, words, { env: { ...this.environment, SGE_RIG_HOME: env.SGE_RIG_HOME } });
  }

  async run(program: string, ...words: readonly string[]): Promise<string> {
    return (await execute(program, words, { env: { ...this.environment } })).stdout;
  }

  async jobs(): Promise<readonly string[]> {
    const lines = (await this.run('qstat', '-u', '*')).split('\n').slice(2);
    return lines.filter((line) => line.trim() !== '');
  }

  jobProcesses(): readonly MarkedProcess[] {
    const own = processesWith(`SGE_ROOT=${this.environment.SGE_ROOT}`);
    return own.filter(({ command }) => !/sge_(?:qmaster|execd)$/.test(command));
  }

  async loseHost(): Promise<void> {
    await this.killExecd();
    await killProcesses(() => this.jobProcesses());
  }

  killExecd(): Promise<void> {
    return this.#kill('execd', join('spool', 'execd', 'localhost', 'execd.pid'));
  }

  startExecd(): Promise<void> {
    return this.start('execd');
  }

  killQmaster(): Promise<void> {
    return this.#kill('qmaster', join('spool', 'qmaster', 'qmaster.pid'));
  }

  startQmaster(): Promise<void> {
    return this.start('qmaster');
  }

  async stop(): Promise<void> {
    await killProcessesBelow(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', this.#onExit);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #kill(name: string, file: string): Promise<void> {
    const pid = Number(readFileSync(join(this.folder, file), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await waitFor(`the ${name} to end`, () => Promise.resolve(isGone(pid) || undefined));
  }
}

/**
 * Starts Grid Engine on free ports of 127.0.0.1, in a temporary folder, and resolves once it takes jobs: in about three
 * seconds.
 */
export async function startSge(): Promise<RealSge> {
  const folder = makeOwnedFolder('real-sge');
  chmodSync(folder, 0o755);
  const rig = new Rig(folder, [await freePort(), await freePort()]);
  try {
    await rig.start('all');
    return rig;
  } catch (error) {
    await rig.stop();
    throw error;
  }
}
