import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeOwnedFolder } from '../../../../test-fixtures/real-mesos/owned-folder.ts';
import { signalIfThere } from '../../../../test-fixtures/real-slurm/marked-processes.ts';
import type { ClusterDefinition, PoolDefinition } from '../../src/definition/definition.ts';
import { dialectNamed } from '../../src/dialects/index.ts';
import { describeEvent, type LauncherOptions, runLauncher } from '../../src/launcher/index.ts';
import { runQueueCommand } from '../../src/launcher/queue-commands.ts';
import { type ClusterView, createCluster, readView, writeWanted } from '../../src/standing/index.ts';

/** A program of the rig that takes Mesos's own flags. */
export const rigProgram = (name: 'mesos-agent' | 'mesos-master'): string =>
  fileURLToPath(new URL(`../../../../test-fixtures/real-mesos/${name}`, import.meta.url));

type Timing = NonNullable<LauncherOptions['timing']>;

/** Everything as quick as it may be. */
export const quick: Timing = {
  tickMilliseconds: 300,
  partingMilliseconds: 2000,
  pools: { statusShortest: 1, statusLongest: 3, absence: 2, registration: 60, agentAway: 60, earlyDeath: 1 },
  pilots: { lookSeconds: 1 },
};

const shellPool: PoolDefinition = {
  dialect: 'shell',
  ssh: [],
  setup: [],
  cpus: 1,
  memMb: 64,
  agentMemMb: 0,
  diskMb: 64,
  walltimeSeconds: 3600,
  extra: [],
  gpus: 0,
  agents: 0,
  min: 0,
  max: 4,
  backlog: 4,
  idleSeconds: 600,
  keepAliveSeconds: 0,
  softMarginSeconds: 60,
  hardMarginSeconds: 30,
  attributes: {},
  scratch: '/tmp',
};

/** On a machine that has more to do than it can. */
const patienceMilliseconds = 90_000;

/** A cluster in a directory of its own; of local processes, unless its pool says otherwise. */
export class LiveCluster {
  readonly clusters: string;
  readonly directory: string;
  readonly lines: string[] = [];
  readonly #timing: Timing;
  readonly #running = new Set<Promise<unknown>>();
  readonly #children = new Set<() => Promise<unknown>>();
  readonly #leave = new AbortController();

  private constructor(clusters: string, directory: string, timing: Timing) {
    this.#timing = timing;
    this.clusters = clusters;
    this.directory = directory;
  }

  static async create(
    master: ClusterDefinition['master'],
    pool: Partial<PoolDefinition> = {},
    timing: Timing['pools'] = {},
  ): Promise<LiveCluster> {
    const clusters = makeOwnedFolder('live-cluster');
    await mkdir(join(clusters, 'scratch'));
    const definition: ClusterDefinition = {
      version: 1,
      name: 'night',
      programs: { agent: rigProgram('mesos-agent'), master: rigProgram('mesos-master') },
      master,
      authentication: 'credential',
      masterFlags: [],
      agentFlags: [],
      agentAddress: '127.0.0.1',
      pools: { small: { ...shellPool, scratch: join(clusters, 'scratch'), ...pool } },
    };
    const pools = { ...quick.pools, ...timing };
    return new LiveCluster(clusters, await createCluster(clusters, definition), { ...quick, pools });
  }

  /** A launcher in this process. */
  start(): { readonly over: Promise<'down' | 'left'>; stop(): Promise<'down' | 'left'> } {
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#leave.signal]);
    const listener: LauncherOptions['listener'] = (event) => void this.lines.push(describeEvent(event));
    const { clusters } = this;
    const over = runLauncher({ clusters, name: 'night', signal, listener, timing: this.#timing });
    const running = over.catch(() => undefined).finally(() => this.#running.delete(running));
    this.#running.add(running);
    const stop = () => {
      end.abort();
      return over;
    };
    return { over, stop };
  }

  /** A launcher in a process of its own. Its end can be waited for; what it says is in `lines`. */
  spawn(): { readonly pid: number; readonly over: Promise<unknown>; kill(): Promise<unknown> } {
    const script = fileURLToPath(new URL('launch.ts', import.meta.url));
    const words = [
      '--conditions=@galaxy-mesos/source',
      script,
      this.clusters,
      'night',
      JSON.stringify(this.#timing),
    ];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => void this.lines.push(...text.split('\n')));
    const over = once(child, 'exit');
    const kill = () => {
      child.kill('SIGKILL');
      return over;
    };
    this.#children.add(kill);
    return { pid: child.pid ?? 0, over, kill };
  }

  /** At least so many agents, and at most so many; what is above that goes at once, others when they are idle. */
  want(agents: number, state: 'up' | 'draining' | 'down' = 'up', max = Math.max(agents, 4)): Promise<void> {
    const pools = { small: { min: agents, max } };
    return writeWanted(this.directory, { state, at: Date.now(), pools });
  }

  async view(): Promise<ClusterView> {
    const view = await readView(this.directory);
    if (!view) throw new Error('no launcher has written a view');
    return view;
  }

  async pilots(phase: string): Promise<readonly string[]> {
    return (await this.view()).pilots.filter((pilot) => pilot.phase === phase).map(({ name }) => name);
  }

  /** Waits until so many agents are there, and nothing else. */
  async settled(agents: number): Promise<readonly string[]> {
    await this.until(async () => {
      const live = (await this.view()).pilots.filter(({ phase }) => phase !== 'ended');
      const phases = live.map(({ phase }) => phase);
      if (phases.length !== agents || phases.some((phase) => phase !== 'registered'))
        throw new Error(`pilots are ${phases.join(' ') || 'not there'}`);
    });
    return this.pilots('registered');
  }

  /** Waits until a check throws no more, and says what the launcher has told where that takes too long. */
  async until(check: () => unknown): Promise<void> {
    const deadline = performance.now() + patienceMilliseconds;
    for (;;) {
      try {
        await check();
        return;
      } catch (error) {
        if (performance.now() > deadline)
          throw new Error(`${error}\n${this.lines.slice(-30).join('\n')}`, { cause: error });
      }
      await sleep(100);
    }
  }

  /** Has everything end, and waits for it. */
  async down(launcher: { readonly over: Promise<unknown> }): Promise<void> {
    await this.want(0, 'down');
    let how: unknown;
    void launcher.over.then((over) => {
      how = over;
    });
    await this.until(() => {
      if (how !== 'down') throw new Error('the launcher has not ended');
    });
  }

  /** Processes that work for this cluster. */
  async processes(): Promise<readonly number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const found = await Promise.all(pids.map(async (pid) => ((await this.#isOurs(pid)) ? pid : undefined)));
    return found.filter((pid) => pid !== undefined);
  }

  async #isOurs(pid: number): Promise<boolean> {
    if (pid === process.pid) return false;
    try {
      const [words, environment, where, stat] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'latin1'),
        readFile(`/proc/${pid}/environ`, 'latin1'),
        readlink(`/proc/${pid}/cwd`),
        readFile(`/proc/${pid}/stat`, 'latin1'),
      ]);
      if (/\) [ZX] /.test(stat)) return false;
      return [words, environment, where].some((text) => text.includes(this.clusters));
    } catch {
      // Gone meanwhile.
      return false;
    }
  }

  /** Ends everything, whatever state it is in. */
  async destroy(): Promise<void> {
    this.#leave.abort();
    for (const kill of this.#children) await kill();
    await Promise.all(this.#running);
    for (const pid of await this.processes()) signalIfThere(pid, 'SIGKILL');
    await rm(this.clusters, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Ends a pilot's batch job as `scancel` would. */
export async function cancelBatchJob(id: string): Promise<void> {
  const shell = dialectNamed('shell');
  if (!shell) throw new Error('there is no dialect shell');
  await runQueueCommand(shell.cancel([id]), { ssh: [], timeoutMilliseconds: 30_000 });
}
