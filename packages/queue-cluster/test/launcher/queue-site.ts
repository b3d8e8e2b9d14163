import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect } from 'vitest';
import { type RealMesos, startMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import type { PoolDefinition } from '../../src/definition/definition.ts';
import type { PilotView } from '../../src/pools/view.ts';
import { LiveCluster } from './live-cluster.ts';

/** The command as users have it; `npm run build` makes what it loads. */
const commandLine = fileURLToPath(new URL('../../../../apps/cli/bin/galaxy-mesos.js', import.meta.url));

/** A queueing system that tests have to themselves. */
export interface TestQueue extends AsyncDisposable {
  /** What its commands want to find around them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Jobs that wait or run. */
  jobs(): Promise<readonly string[]>;
  /** Processes of its jobs, of those too that it knows no more. */
  jobProcesses(): readonly { readonly command: string }[];
}

/** A queueing system and a Mesos master, with one cluster at a time. */
export class QueueSite<Queue extends TestQueue> implements AsyncDisposable {
  readonly queue: Queue;
  readonly mesos: RealMesos;
  readonly #pool: Partial<PoolDefinition>;
  readonly #agentAway: number;
  #cluster: LiveCluster | undefined;

  private constructor(queue: Queue, mesos: RealMesos, pool: Partial<PoolDefinition>, agentAway: number) {
    this.queue = queue;
    this.mesos = mesos;
    this.#pool = pool;
    this.#agentAway = agentAway;
  }

  /**
   * With a queue that is its own from now on, what all pools there have, and how many seconds an agent may be away
   * whose batch job the queue says nothing of.
   */
  static async open<Queue extends TestQueue>(
    queue: Queue,
    pool: Partial<PoolDefinition>,
    agentAway = 60,
  ): Promise<QueueSite<Queue>> {
    try {
      return new QueueSite(queue, await startMesos({ agents: [] }), pool, agentAway);
    } catch (error) {
      await queue[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A cluster with one pool, `small`, in this queue. */
  async create(pool: Partial<PoolDefinition> = {}): Promise<LiveCluster> {
    await this.#cluster?.destroy();
    const own = Object.entries(this.queue.environment).filter(([name, value]) => process.env[name] !== value);
    this.#cluster = await LiveCluster.create(
      { kind: 'existing', url: this.mesos.url },
      {
        // As another machine it is reached: its commands have its surroundings, and not those of the launcher.
        ssh: ['env', ...own.map(([name, value]) => `${name}=${value}`), 'sh', '-c'],
        // Jobs find the Node that runs the tests.
        setup: [`export RIG_NODE='${process.execPath}'`],
        memMb: 1000,
        walltimeSeconds: 1800,
        ...this.#pool,
        ...pool,
      },
      { agentAway: this.#agentAway },
    );
    return this.#cluster;
  }

  get cluster(): LiveCluster {
    if (!this.#cluster) throw new Error('there is no cluster yet');
    return this.#cluster;
  }

  /** Runs `galaxy-mesos map` through the cluster, with a task for each line; resolves with what it has joined. */
  async map(lines: readonly string[], command: string): Promise<string> {
    const { clusters } = this.cluster;
    await writeFile(join(clusters, 'in.txt'), `${lines.join('\n')}\n`);
    const words = ['map', '--input', 'in.txt', '--size', '1', '--mem', '32', '--output', 'out.txt'];
    await execa(process.execPath, [commandLine, ...words, '--', command], {
      cwd: clusters,
      env: { GALAXY_MESOS_CLUSTERS: clusters, MESOS_URL: 'cluster:night' },
    });
    return readFile(join(clusters, 'out.txt'), 'utf8');
  }

  /** What is known of a pilot; nothing once it is forgotten. */
  async pilot(name: string): Promise<PilotView | undefined> {
    return (await this.cluster.view()).pilots.find((pilot) => pilot.name === name);
  }

  /** Waits until a pilot is over. */
  async ended(name: string): Promise<void> {
    await this.cluster.until(async () =>
      expect([undefined, 'ended']).toContain((await this.pilot(name))?.phase),
    );
  }

  /** The agents that the master has. */
  async agents(): Promise<readonly { readonly id: string; readonly deactivated: boolean }[]> {
    const answer = await fetch(`${this.mesos.url}/slaves`);
    const { slaves } = (await answer.json()) as {
      slaves: readonly { id: string; deactivated: boolean }[];
    };
    return slaves;
  }

  /** Directories that pilots have on their nodes. */
  scratch(): Promise<readonly string[]> {
    return readdir(join(this.cluster.clusters, 'scratch'));
  }

  /** Takes the cluster down, and sees that nothing of it is left anywhere. */
  async down(launcher: { readonly over: Promise<unknown> }): Promise<void> {
    const { cluster, queue } = this;
    await cluster.down(launcher);
    expect(await queue.jobs()).toEqual([]);
    expect(await this.agents()).toEqual([]);
    // What ran on a node that failed ends by itself, when it sees that its cluster has gone: nobody can wait for it.
    await cluster.until(async () => expect(queue.jobProcesses()).toEqual([]));
    expect(await cluster.processes()).toEqual([]);
    expect(await this.scratch()).toEqual([]);
    expect(await readdir(cluster.clusters)).not.toContain('night');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster?.destroy();
    await this.queue[Symbol.asyncDispose]();
    await this.mesos.stop();
  }
}
