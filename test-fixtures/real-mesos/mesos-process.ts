import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const startScript = fileURLToPath(new URL('start.sh', import.meta.url));

/** What `start.sh` starts. */
export type Role = 'both' | 'master' | 'agent';

export interface MesosProcessOptions {
  readonly role: Role;
  readonly workFolder: string;
  readonly port: number;
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Below those that Linux gives to whoever connects somewhere or asks for any port: one of those could be somebody else's
 * by the time that its server listens, or is started again. And above those that services are known by.
 */
const firstPort = 10_000;
const portCount = 20_000;
const handedOut = new Set<number>();

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A port that nobody listens on at the moment, and each time another one. */
export async function freePort(): Promise<number> {
  while (handedOut.size < portCount) {
    const port = firstPort + randomInt(portCount);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error('no TCP port could be had');
}

/** Settings of a Mesos or rig that surrounds the tests are none of ours. */
function cleanEnvironment(): Record<string, string | undefined> {
  const entries = Object.entries(env).filter(([name]) => !/^(MESOS|LIBPROCESS|GLOG|RIG)_/.test(name));
  return { ...Object.fromEntries(entries), RIG_HOME: env.RIG_HOME, RIG_NODE: process.execPath };
}

/** One process of Mesos that can be killed, frozen and started again on the same port and folder. */
export class MesosProcess {
  readonly port: number;
  readonly #options: MesosProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: MesosProcessOptions) {
    this.#options = options;
    this.port = options.port;
  }

  start(): void {
    const { role, workFolder, port, logFile, environment } = this.#options;
    const log = openSync(logFile, 'a');
    this.#child = spawn('sh', [startScript, role, workFolder, String(port)], {
      // A process group of its own; it ends with this process however that ends.
      detached: true,
      env: { ...cleanEnvironment(), ...environment, RIG_DIE_WITH_PARENT: '1' },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
  }

  /** Throws if the process has ended by itself, with the end of its log. */
  assertAlive(): void {
    const code = this.#child?.exitCode ?? this.#child?.signalCode;
    if (code === null || code === undefined) return;
    const log = readFileSync(this.#options.logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
    throw new Error(`the ${this.#options.role} ended (${code}):\n${log}`);
  }

  signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid !== undefined && this.#child?.exitCode === null && this.#child.signalCode === null)
      process.kill(-pid, name);
  }

  /** Ends it the hard way, and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await exit;
  }
}

function belongsTo(pid: string, folder: string): boolean {
  try {
    // Executors and tasks have the sandbox in their environment, whoever has become their parent. Switchboards of
    // containers have not; their program is below the folder.
    return (
      readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ||
      readlinkSync(`/proc/${pid}/exe`).startsWith(`${folder}/`) ||
      readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`=${folder}/`)
    );
  } catch {
    // Gone meanwhile, or another user's: not ours.
    return false;
  }
}

/** Processes that work below a folder: executors and tasks of agents that had their work folder there. */
export function processesBelow(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && belongsTo(name, folder))
    .map(Number);
}

/** Switchboards of containers listen on sockets in /tmp, which agents remove unless they were killed. */
function socketsOf(pid: number): readonly string[] {
  try {
    const argument = '--socket_address=';
    const given = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return given.filter((text) => text.startsWith(argument)).map((text) => text.slice(argument.length));
  } catch {
    // Gone meanwhile.
    return [];
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function killAll(pids: readonly number[]): void {
  const sockets = pids.flatMap(socketsOf);
  pids.forEach(killOne);
  for (const socket of sockets) rmSync(socket, { force: true });
}

/** Kills those that are there now, without waiting: for the exit of this process. */
export function killProcessesBelowNow(folder: string): void {
  killAll(processesBelow(folder));
}

/** Kills all of them. Throws if some cannot be got rid of. */
export async function killProcessesBelow(folder: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    const left = processesBelow(folder);
    if (left.length === 0) return;
    killAll(left);
    await sleep(20);
  }
  throw new Error(`processes are left below ${folder}: ${processesBelow(folder).join(' ')}`);
}
