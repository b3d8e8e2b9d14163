import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath, kill } from 'node:process';
import { fileURLToPath } from 'node:url';
import { killProcessesBelow, processesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import { signalIfThere } from '../../../../test-fixtures/real-slurm/marked-processes.ts';
import {
  type PilotFacts,
  type PilotScriptOptions,
  parseFacts,
  printOrders,
  renderPilotScript,
} from '../../src/pilot/index.ts';

const rig = (program: string): string =>
  fileURLToPath(new URL(`../../../../test-fixtures/real-mesos/${program}`, import.meta.url));

export const rigAgent = rig('mesos-agent');
export const rigMaster = rig('mesos-master');
export const rigEnvironment = { ...env, RIG_NODE: execPath };

const noOrders = { token: 'token-1', keep: false, drain: false, stop: false };

/** Processes of the session that a process leads, which need not be there any more. */
function processesOfSession(leader: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const [state, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state !== 'Z' && session === String(leader);
      } catch {
        // Gone meanwhile.
        return false;
      }
    });
}

/** A script that runs as a batch job would, in a session of its own. */
export class RunningScript {
  readonly child: ChildProcess;
  readonly #directory: string;
  readonly #logFile: string;

  constructor(text: string, directory: string, folder: string, environment: NodeJS.ProcessEnv) {
    this.#directory = directory;
    this.#logFile = join(folder, 'log');
    writeFileSync(join(directory, 'script'), text);
    const log = openSync(this.#logFile, 'a');
    this.child = spawn('bash', [join(directory, 'script')], {
      cwd: '/',
      detached: true,
      env: environment,
      stdio: ['ignore', log, log],
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('bash has not been started');
    return this.child.pid;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  get facts(): PilotFacts {
    try {
      return parseFacts(readFileSync(join(this.#directory, 'facts'), 'utf8'));
    } catch {
      // Not there yet.
      return {};
    }
  }

  /** Waits until something can be told from the facts. */
  async until<T>(what: string, tell: (facts: PilotFacts) => T | undefined): Promise<T> {
    return waitFor(`${what}; it has said ${this.log}`, async () => tell(this.facts));
  }

  /** How it has ended, once nothing of it runs any more; the guard outlives a script that is killed. */
  async ended(): Promise<NonNullable<PilotFacts['ended']>> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    await waitFor(`no process to be left; it has said ${this.log}`, async () =>
      processesOfSession(this.pid).length === 0 ? true : undefined,
    );
    return this.until('the end to be told', ({ ended }) => ended);
  }

  signal(name: NodeJS.Signals): void {
    kill(this.pid, name);
  }

  /** Sends a signal to all processes of its session, as PBS does. */
  signalSession(name: NodeJS.Signals): void {
    for (const pid of processesOfSession(this.pid)) signalIfThere(pid, name);
  }

  /** Ends all of it, whatever it does. */
  async destroy(): Promise<void> {
    this.signalSession('SIGKILL');
  }
}

/** A cluster's directory with pilots that run one after the other or beside each other. */
export class PilotCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'pilots-'));
  readonly directory = join(this.folder, 'cluster');
  readonly scratch = join(this.folder, 'scratch');
  readonly scripts: RunningScript[] = [];
  #count = 0;

  constructor() {
    mkdirSync(join(this.directory, 'pilots'), { recursive: true });
    mkdirSync(this.scratch);
  }

  directoryOf(pilot: string): string {
    return join(this.directory, 'pilots', pilot);
  }

  /** Replaces a pilot's orders as the launcher does. */
  order(pilot: string, orders: Partial<typeof noOrders>): void {
    this.write(join('pilots', pilot, 'orders'), printOrders({ ...noOrders, ...orders }));
  }

  /** Replaces a file of the cluster's directory. */
  write(name: string, text: string): void {
    writeFileSync(join(this.directory, `${name}.new`), text);
    renameSync(join(this.directory, `${name}.new`), join(this.directory, name));
  }

  options(master: string, changes: Partial<PilotScriptOptions> = {}): PilotScriptOptions {
    this.#count += 1;
    const pilot = changes.pilot ?? `gm-test-small-${this.#count}`;
    return {
      cluster: 'test',
      pool: 'small',
      pilot,
      dialect: 'shell',
      clusterDirectory: this.directory,
      pilotDirectory: this.directoryOf(pilot),
      token: noOrders.token,
      master,
      agent: [rigAgent],
      setup: [],
      agentFlags: ['--registration_backoff_factor=100ms', '--executor_shutdown_grace_period=1secs'],
      accessDirectory: join(this.directory, 'access'),
      cpus: 1,
      memMb: 128,
      agentMemMb: 0,
      diskMb: 64,
      gpus: 0,
      walltimeSeconds: 3600,
      attributes: {},
      scratch: this.scratch,
      idleSeconds: 3600,
      hardMarginSeconds: 10,
      warningSeconds: 10,
      ...changes,
      limits: { lookSeconds: 1, revokedSeconds: 2, agentFreshSeconds: 1, ...changes.limits },
    };
  }

  /** Starts a pilot that nobody has told to end. */
  start(options: PilotScriptOptions, environment: NodeJS.ProcessEnv = rigEnvironment): RunningScript {
    mkdirSync(this.directoryOf(options.pilot), { recursive: true });
    this.order(options.pilot, {});
    return this.run(renderPilotScript(options), this.directoryOf(options.pilot), environment);
  }

  run(text: string, directory: string, environment: NodeJS.ProcessEnv = rigEnvironment): RunningScript {
    const script = new RunningScript(text, directory, directory, environment);
    this.scripts.push(script);
    return script;
  }

  /** What is left of all pilots: processes of theirs, and files in the scratch space. */
  leftovers(): readonly (number | string)[] {
    return [...processesBelow(this.scratch), ...readdirSync(this.scratch)];
  }

  async destroy(): Promise<void> {
    for (const script of this.scripts) await script.destroy();
    await killProcessesBelow(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
