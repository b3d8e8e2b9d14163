import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, killProcessesBelow, killProcessesBelowNow, MesosProcess } from './mesos-process.ts';

/** An agent to be started. */
export interface AgentOptions {
  /** As Mesos reads them: `cpus:4;mem:4096;disk:4096;ports:[31000-31100]`. */
  readonly resources: string;
  /** As Mesos reads them: `rack:a;gpu:no`. */
  readonly attributes?: string;
}

/** A cluster to be started. */
export interface RealMesosOptions {
  readonly agents: readonly AgentOptions[];
  /** Flags by name without dashes in front, such as `{ authenticate_http_frameworks: 'true' }`. */
  readonly masterFlags?: Readonly<Record<string, string>>;
  readonly agentFlags?: Readonly<Record<string, string>>;
  /**
   * A process for the master and one per agent, so that they can be killed, frozen and restarted. Otherwise
   * all share one, which starts faster; agents that differ from one another need processes of their own too.
   */
  readonly separateProcesses?: boolean;
}

/** One agent of a running cluster. `kill`, `restart`, `freeze` and `thaw` need separate processes. */
export interface RealAgent {
  /** Where its operator API is, without `/api/v1`; in one process with others it has a path. */
  readonly url: string;
  /** SIGKILL; what runs on it runs on, or ends by itself if the framework does not checkpoint. */
  kill(): Promise<void>;
  /** Starts it again on the same work folder. Resolves once it is registered. */
  restart(): Promise<void>;
  /** SIGSTOP: to the master the agent is out of reach. */
  freeze(): void;
  thaw(): void;
}

/** A running cluster. */
export interface RealMesos {
  /** Of the master: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly agents: readonly RealAgent[];
  /** Holds logs, work folders and sandboxes until `stop`. */
  readonly folder: string;
  /** SIGKILL. Needs separate processes. */
  killMaster(): Promise<void>;
  /** Starts the master again on the same port and registry; resolves once it answers, before agents are back. */
  restartMaster(): Promise<void>;
  /** Ends everything that runs, tasks too, and removes all files. May be called twice. */
  stop(): Promise<void>;
}

const startMilliseconds = 60_000;
const pollMilliseconds = 25;

/** Short intervals, for tests that do not want to wait. */
const quickFlags: Readonly<Record<string, string>> = {
  allocation_interval: '50ms',
  registration_backoff_factor: '50ms',
  authentication_backoff_factor: '50ms',
  // A master or agent that came back is noticed by a ping that did not come: after 5 s instead of 75 s.
  agent_ping_timeout: '1secs',
  // Executors whose agent is gone for good do not linger for the usual 15 minutes.
  recovery_timeout: '1mins',
};

const rigHome = (): string =>
  env.RIG_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mesos-rig');

/** Whether `npm run setup:mesos` has been run on this machine. */
export function realMesosAvailable(): boolean {
  const files = ['libmesos.so', 'mesos-local', 'launcher/mesos-containerizer', 'ready'];
  return files.every((file) => existsSync(join(rigHome(), file)));
}

/**
 * For `describe.skipIf(!requireRealMesos())`: tells whether tests on real Mesos can run; where they cannot, says
 * in a line how to get it. With CI=true it throws instead, so that a build never passes without them.
 */
export function requireRealMesos(): boolean {
  if (realMesosAvailable()) return true;
  const advice = `there is no Mesos in ${rigHome()}: get it with \`npm run setup:mesos\``;
  if (env.CI === 'true') throw new Error(advice);
  console.warn(`Skipped: ${advice}`);
  return false;
}

function toEnvironment(flags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [`MESOS_${name.toUpperCase()}`, value]),
  );
}

function agentEnvironment(agent: AgentOptions): Record<string, string> {
  return {
    MESOS_RESOURCES: agent.resources,
    ...(agent.attributes && { MESOS_ATTRIBUTES: agent.attributes }),
  };
}

interface RegisteredAgent {
  readonly active: boolean;
  readonly pid?: string;
  readonly registered_time?: unknown;
  readonly reregistered_time?: unknown;
}

/** Changes with each registration. */
function registrationOf(agents: readonly RegisteredAgent[] | undefined, address: string): string | undefined {
  const agent = agents?.find(({ active, pid }) => active && pid?.endsWith(address));
  return agent && JSON.stringify([agent.registered_time, agent.reregistered_time]);
}

/** Undefined while the master does not answer. */
async function registeredAgents(url: string): Promise<readonly RegisteredAgent[] | undefined> {
  try {
    const response = await fetch(`${url}/api/v1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', connection: 'close' },
      body: '{"type":"GET_AGENTS"}',
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) return void (await response.text());
    const answer = (await response.json()) as { get_agents?: { agents?: readonly RegisteredAgent[] } };
    return answer.get_agents?.agents ?? [];
  } catch {
    return undefined;
  }
}

/** `slave(2)@127.0.0.1:5050` is at `http://127.0.0.1:5050/slave(2)`. */
function urlOfPid(pid: string): string {
  const [name, address] = pid.split('@');
  return `http://${address}/${name}`;
}

class Cluster implements RealMesos {
  readonly url: string;
  agents: readonly RealAgent[] = [];
  readonly folder: string;
  readonly #options: RealMesosOptions;
  readonly #master: MesosProcess;
  readonly #agentProcesses: MesosProcess[] = [];
  readonly #separate: boolean;
  /** Masters and agents end with this process by themselves; what they started does not. */
  readonly #onExit = () => {
    killProcessesBelowNow(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  };

  constructor(folder: string, masterPort: number, options: RealMesosOptions) {
    const [first] = options.agents;
    const alike = options.agents.every(
      (agent) => agent.resources === first?.resources && agent.attributes === first.attributes,
    );
    this.folder = folder;
    this.#options = options;
    this.#separate = options.separateProcesses ?? (!alike || options.agents.length === 0);
    if (!this.#separate && !alike) throw new Error('agents that differ need separateProcesses');
    this.url = `http://127.0.0.1:${masterPort}`;
    this.#master = new MesosProcess({
      role: this.#separate ? 'master' : 'both',
      workFolder: join(folder, 'master'),
      logFile: join(folder, 'master.log'),
      port: masterPort,
      environment: {
        RIG_AGENTS: String(this.#separate ? 0 : options.agents.length),
        ...toEnvironment({
          ...quickFlags,
          ...(!this.#separate && options.agentFlags),
          ...options.masterFlags,
        }),
        ...(!this.#separate && first && agentEnvironment(first)),
      },
    });
  }

  async start(): Promise<void> {
    process.once('exit', this.#onExit);
    this.#master.start();
    await this.#waitForAgents(0);
    if (this.#separate)
      for (const [index, agent] of this.#options.agents.entries()) await this.#addAgent(index, agent);
    const registered = await this.#waitForAgents(this.#options.agents.length);
    this.agents = this.#separate
      ? this.#agentProcesses.map((agent) => this.#separateAgent(agent))
      : registered
          .flatMap((agent) => agent.pid ?? [])
          .sort()
          .map((pid) => this.#sharedAgent(urlOfPid(pid)));
  }

  async killMaster(): Promise<void> {
    this.#needsSeparateProcesses();
    await this.#master.kill();
  }

  async restartMaster(): Promise<void> {
    this.#needsSeparateProcesses();
    await this.#master.kill();
    this.#master.start();
    await this.#waitForAgents(0);
  }

  async stop(): Promise<void> {
    // Agents first: they would notice that their executors die, and report it.
    await Promise.all(this.#agentProcesses.map((agent) => agent.kill()));
    await this.#master.kill();
    await killProcessesBelow(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', this.#onExit);
  }

  async #addAgent(index: number, agent: AgentOptions): Promise<void> {
    const started = new MesosProcess({
      role: 'agent',
      workFolder: join(this.folder, `agent-${index}`),
      logFile: join(this.folder, `agent-${index}.log`),
      port: await freePort(),
      environment: {
        RIG_MASTER: `127.0.0.1:${this.#master.port}`,
        ...toEnvironment({ ...quickFlags, ...this.#options.agentFlags }),
        ...agentEnvironment(agent),
      },
    });
    this.#agentProcesses.push(started);
    started.start();
  }

  #separateAgent(agent: MesosProcess): RealAgent {
    return {
      url: `http://127.0.0.1:${agent.port}/slave(1)`,
      kill: () => agent.kill(),
      restart: async () => {
        const address = `:${agent.port}`;
        const before = registrationOf(await registeredAgents(this.url), address);
        await agent.kill();
        agent.start();
        // For a while the master takes it for the one that was killed.
        await this.#waitUntil((agents) => {
          const now = registrationOf(agents, address);
          return now !== undefined && now !== before;
        }, `the agent ${address} to be registered again`);
      },
      freeze: () => agent.signal('SIGSTOP'),
      thaw: () => agent.signal('SIGCONT'),
    };
  }

  #sharedAgent(url: string): RealAgent {
    const refuse = () => this.#needsSeparateProcesses();
    return {
      url,
      kill: async () => refuse(),
      restart: async () => refuse(),
      freeze: refuse,
      thaw: refuse,
    };
  }

  #needsSeparateProcesses(): void {
    if (!this.#separate)
      throw new Error('master and agents share a process: start with separateProcesses: true');
  }

  async #waitForAgents(count: number): Promise<readonly RegisteredAgent[]> {
    return this.#waitUntil(
      (agents) => agents.filter((agent) => agent.active).length >= count,
      `${count} agents to be registered`,
    );
  }

  async #waitUntil(
    isDone: (agents: readonly RegisteredAgent[]) => boolean,
    what: string,
  ): Promise<readonly RegisteredAgent[]> {
    const deadline = performance.now() + startMilliseconds;
    while (performance.now() < deadline) {
      const agents = await registeredAgents(this.url);
      if (agents && isDone(agents)) return agents;
      for (const started of [this.#master, ...this.#agentProcesses]) started.assertAlive();
      await sleep(pollMilliseconds);
    }
    throw new Error(`waited ${startMilliseconds / 1000} s for ${what} at ${this.url}`);
  }
}

/**
 * Starts a master and agents on free ports of 127.0.0.1, with work folders of their own, and resolves once all
 * agents are registered. Call `stop` in any case.
 */
export async function startMesos(options: RealMesosOptions): Promise<RealMesos> {
  const folder = mkdtempSync(join(tmpdir(), 'real-mesos-'));
  const cluster = new Cluster(folder, await freePort(), options);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
