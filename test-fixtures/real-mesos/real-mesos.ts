import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RegisteredAgent, type Standing, urlOfPid } from './master-api.ts';
import { freePort, killProcessesBelow, killProcessesBelowNow, MesosProcess } from './mesos-process.ts';
import {
  type AgentOptions,
  agentEnvironment,
  masterEnvironment,
  needsSeparateProcesses,
  type RealMesosOptions,
  type Surroundings,
  sharedEnvironment,
} from './options.ts';
import { makeOwnedFolder } from './owned-folder.ts';
import { type RealAgent, separateAgent, sharedAgent } from './real-agent.ts';
import { MasterHandle, type RealMaster } from './real-master.ts';
import { waitFor } from './waiting.ts';

export { realMesosAvailable, requireRealMesos } from './availability.ts';
export type { RealMesosOptions } from './options.ts';
export type { RealAgent } from './real-agent.ts';
export type { RealMaster } from './real-master.ts';

/** A running cluster. */
export interface RealMesos {
  /** Of the first master: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly masters: readonly RealMaster[];
  readonly agents: readonly RealAgent[];
  /** Holds logs, work folders and sandboxes until `stop`. */
  readonly folder: string;
  /** Waits until a master leads. */
  leader(): Promise<RealMaster>;
  /** Kills the first master. */
  killMaster(): Promise<void>;
  /** Restarts the first master. */
  restartMaster(): Promise<void>;
  /** Ends everything that runs, tasks too, and removes all files. May be called twice. */
  stop(): Promise<void>;
}

type NonEmpty<T> = readonly [T, ...T[]];

/** What a master may be doing when it counts as started. */
function startedStandings({ zookeeper, awaitLeader = true }: RealMesosOptions): readonly Standing[] {
  if (!awaitLeader) return ['unaware', 'recovering', 'following', 'leading'];
  return zookeeper === undefined ? ['leading'] : ['recovering', 'following', 'leading'];
}

class Cluster implements RealMesos {
  readonly masters: NonEmpty<MasterHandle>;
  agents: readonly RealAgent[] = [];
  readonly folder: string;
  readonly #options: RealMesosOptions;
  readonly #surroundings: Surroundings;
  readonly #separate: boolean;
  readonly #masterProcesses: MesosProcess[] = [];
  readonly #agentProcesses: MesosProcess[] = [];
  /** Masters and agents end with this process by themselves; what they started does not. */
  readonly #onExit = () => {
    killProcessesBelowNow(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  };

  constructor(masterPorts: NonEmpty<number>, options: RealMesosOptions) {
    const [first, ...others] = masterPorts;
    this.#options = options;
    this.#separate = needsSeparateProcesses(options);
    this.folder = makeOwnedFolder('real-mesos');
    const { folder } = this;
    this.#surroundings = {
      master: options.zookeeper ?? `127.0.0.1:${first}`,
      credentialsFile: join(folder, 'credentials.json'),
      executorKeyFile: join(folder, 'executor-key'),
    };
    this.masters = [
      this.#createMaster('master', first),
      ...others.map((port, index) => this.#createMaster(`master-${index + 1}`, port)),
    ];
  }

  get url(): string {
    return this.masters[0].url;
  }

  async start(): Promise<void> {
    process.once('exit', this.#onExit);
    const { agents, awaitLeader = true } = this.#options;
    this.#writeSecrets();
    // One after the other, so that the first leads.
    for (const master of this.masters) await master.start();
    if (this.#separate) for (const [index, agent] of agents.entries()) await this.#startAgent(index, agent);
    const registered = awaitLeader ? await this.#waitForAgents() : [];
    this.agents = this.#separate
      ? this.#agentProcesses.map((agent) =>
          separateAgent(agent, async () => (await this.#askLeader())?.agents),
        )
      : registered
          .flatMap(({ pid }) => pid ?? [])
          .sort()
          .map((pid) => sharedAgent(urlOfPid(pid)));
  }

  async leader(): Promise<RealMaster> {
    return waitFor('a master to lead', async () => (await this.#askLeader())?.master);
  }

  killMaster(): Promise<void> {
    return this.masters[0].kill();
  }

  restartMaster(): Promise<void> {
    return this.masters[0].restart();
  }

  async stop(): Promise<void> {
    // Agents first: they would notice that their executors die, and report it.
    await Promise.all(this.#agentProcesses.map((agent) => agent.kill()));
    await Promise.all(this.#masterProcesses.map((master) => master.kill()));
    await killProcessesBelow(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', this.#onExit);
  }

  #writeSecrets(): void {
    const { credentials, executorTokens } = this.#options;
    const { credentialsFile, executorKeyFile } = this.#surroundings;
    if (credentials) writeFileSync(credentialsFile, JSON.stringify({ credentials }), { mode: 0o600 });
    if (executorTokens) writeFileSync(executorKeyFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  }

  #createMaster(name: string, port: number): MasterHandle {
    const launchFile = join(this.folder, `${name}.launch`);
    const environment = this.#separate ? masterEnvironment : sharedEnvironment;
    const started = new MesosProcess({
      role: this.#separate ? 'master' : 'both',
      workFolder: join(this.folder, name),
      logFile: join(this.folder, `${name}.log`),
      port,
      environment: { RIG_LAUNCH_ONCE: launchFile, ...environment(this.#options, this.#surroundings) },
    });
    this.#masterProcesses.push(started);
    const credential = this.#options.credentials?.[0];
    const ready = startedStandings(this.#options);
    return new MasterHandle({ process: started, launchFile, ready, shared: !this.#separate, credential });
  }

  async #startAgent(index: number, agent: AgentOptions): Promise<void> {
    const started = new MesosProcess({
      role: 'agent',
      workFolder: join(this.folder, `agent-${index}`),
      logFile: join(this.folder, `agent-${index}.log`),
      port: await freePort(),
      environment: agentEnvironment(this.#options, this.#surroundings, agent),
    });
    this.#agentProcesses.push(started);
    started.start();
  }

  /** Undefined while no master leads. Where one does, it is not waited for those that are frozen. */
  async #askLeader(): Promise<{ master: MasterHandle; agents: readonly RegisteredAgent[] } | undefined> {
    const answers = this.masters.map(async (master) => {
      const { standing, agents } = await master.ask();
      if (standing !== 'leading') throw new Error(`${master.url} is ${standing}`);
      return { master, agents };
    });
    return Promise.any(answers).catch(() => undefined);
  }

  #waitForAgents(): Promise<readonly RegisteredAgent[]> {
    const count = this.#options.agents.length;
    return waitFor(`${count} agents to be registered`, async () => {
      for (const started of [...this.#masterProcesses, ...this.#agentProcesses]) started.assertAlive();
      const { agents } = (await this.#askLeader()) ?? {};
      return agents && agents.filter(({ active }) => active).length >= count ? agents : undefined;
    });
  }
}

/**
 * Starts masters and agents on free ports of 127.0.0.1, with work folders of their own, and resolves once all
 * agents are registered with a master that leads. Call `stop` in any case.
 * @throws Error if the options rule one another out, or something ends or does not come up in a minute.
 */
export async function startMesos(options: RealMesosOptions): Promise<RealMesos> {
  const others = Array.from({ length: (options.masters ?? 1) - 1 }, () => freePort());
  const ports = [await freePort(), ...(await Promise.all(others))] as const;
  const cluster = new Cluster(ports, options);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
