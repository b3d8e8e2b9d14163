import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../real-mesos/mesos-process.ts';
import { jars, ZooKeeperProcess } from './zookeeper-process.ts';

/** What is to be started. */
export interface RealZooKeeperOptions {
  /** One that stands alone, or an ensemble of three. */
  readonly servers: 1 | 3;
  /** More lines for `zoo.cfg`, such as `{ 'enforce.auth.enabled': 'true' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One running server. */
export interface RealZooKeeperServer {
  readonly port: number;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same data; resolves once it serves, or takes part where others are missing. */
  restart(): Promise<void>;
  /** SIGSTOP: the port still takes connections, and nothing answers. */
  freeze(): void;
  thaw(): void;
}

/** A running ZooKeeper. */
export interface RealZooKeeper {
  /** As it stands in `zk://`: `127.0.0.1:PORT`, with commas between. */
  readonly address: string;
  readonly servers: readonly RealZooKeeperServer[];
  /** Resolves once all servers serve. */
  waitUntilServing(): Promise<void>;
  /** Ends all that was started and removes all files. May be called twice. */
  stop(): Promise<void>;
}

/** Of sessions, in milliseconds, whatever a client asks for: 2 to 20 ticks. */
export const sessionTimeoutLimits = { minimum: 400, maximum: 4000 } as const;

const tickMilliseconds = 200;
const startMilliseconds = 60_000;
const pollMilliseconds = 25;

const isOnPath = (program: string): boolean =>
  (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Whether this machine has Debian's ZooKeeper and what it takes to run it. */
function realZooKeeperAvailable(): boolean {
  return jars.every((jar) => existsSync(jar)) && isOnPath('java') && isOnPath('setpriv');
}

/**
 * For `describe.skipIf(!requireRealZooKeeper())`: tells whether tests on a real ZooKeeper can run; where they cannot,
 * says in a line how to get it. With CI=true it throws instead, so that a build never passes without them.
 */
export function requireRealZooKeeper(): boolean {
  if (realZooKeeperAvailable()) return true;
  const advice =
    'there is no ZooKeeper: get it with `apt-get install --no-install-recommends libzookeeper-java default-jre-headless`';
  if (env.CI === 'true') throw new Error(advice);
  console.warn(`Skipped: ${advice}`);
  return false;
}

const commonSettings = {
  clientPortAddress: '127.0.0.1',
  tickTime: tickMilliseconds,
  'admin.enableServer': 'false',
  maxClientCnxns: 0,
} as const;

/** Ten seconds to find one another, two until a frozen one is given up. */
const ensembleSettings = { initLimit: 50, syncLimit: 10 } as const;

async function memberSettings(count: number): Promise<Record<string, string>> {
  const members: Record<string, string> = {};
  for (let id = 1; id <= count; id++)
    members[`server.${id}`] = `127.0.0.1:${await freePort()}:${await freePort()}`;
  return members;
}

class Ensemble implements RealZooKeeper {
  readonly address: string;
  readonly servers: readonly RealZooKeeperServer[];
  readonly #folder: string;
  readonly #processes: readonly ZooKeeperProcess[];
  readonly #onExit = () => rmSync(this.#folder, { recursive: true, force: true });

  constructor(folder: string, processes: readonly ZooKeeperProcess[]) {
    this.#folder = folder;
    this.#processes = processes;
    this.address = processes.map(({ port }) => `127.0.0.1:${port}`).join(',');
    this.servers = processes.map((member) => this.#server(member));
    process.once('exit', this.#onExit);
  }

  async start(): Promise<void> {
    for (const member of this.#processes) member.start();
    await this.waitUntilServing();
  }

  async waitUntilServing(): Promise<void> {
    const deadline = performance.now() + startMilliseconds;
    while (performance.now() < deadline) {
      const serving = await Promise.all(this.#processes.map((member) => member.isServing()));
      if (!serving.includes(false)) return;
      for (const member of this.#processes) member.assertAlive();
      await sleep(pollMilliseconds);
    }
    throw new Error(`waited ${startMilliseconds / 1000} s for ZooKeeper at ${this.address}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((member) => member.kill()));
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', this.#onExit);
  }

  #server(member: ZooKeeperProcess): RealZooKeeperServer {
    return {
      port: member.port,
      kill: () => member.kill(),
      restart: async () => {
        await member.kill();
        member.start();
        await this.#waitForOne(member);
      },
      freeze: () => member.signal('SIGSTOP'),
      thaw: () => member.signal('SIGCONT'),
    };
  }

  async #waitForOne(member: ZooKeeperProcess): Promise<void> {
    const deadline = performance.now() + startMilliseconds;
    while (!(await member.isServing())) {
      member.assertAlive();
      if (performance.now() > deadline)
        throw new Error(`waited ${startMilliseconds / 1000} s for ZooKeeper at port ${member.port}`);
      await sleep(pollMilliseconds);
    }
  }
}

/**
 * Starts ZooKeeper on free ports of 127.0.0.1, in a temporary folder, and resolves once it serves. Call `stop` in any
 * case; servers also end with this process, however that ends.
 */
export async function startZooKeeper(options: RealZooKeeperOptions): Promise<RealZooKeeper> {
  const folder = mkdtempSync(join(tmpdir(), 'real-zookeeper-'));
  const ensemble = options.servers === 1 ? {} : { ...ensembleSettings, ...(await memberSettings(3)) };
  const settings = { ...commonSettings, ...ensemble, ...options.settings };
  const processes: ZooKeeperProcess[] = [];
  for (let id = 1; id <= options.servers; id++)
    processes.push(new ZooKeeperProcess(join(folder, String(id)), await freePort(), id, settings));
  const started = new Ensemble(folder, processes);
  try {
    await started.start();
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}
