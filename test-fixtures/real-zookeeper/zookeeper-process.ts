import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { env } from 'node:process';
import { text } from 'node:stream/consumers';

/** Where Debian's libzookeeper-java and what it depends on put them; the first names all others it needs. */
export const jars = ['/usr/share/java/zookeeper.jar', '/usr/share/java/slf4j-simple.jar'] as const;

/** Small and quick to start; what is written need not survive the machine. */
const javaFlags = [
  '-Xmx64m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dzookeeper.jmx.log4j.disable=true',
  '-Dzookeeper.forceSync=no',
  '-Dzookeeper.preAllocSize=1024',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
] as const;

const answerMilliseconds = 2000;

/** One server of ZooKeeper that can be killed, frozen and started again on the same port and data. */
export class ZooKeeperProcess {
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  /** `settings` are the lines of `zoo.cfg`; `id` is the server's number in its ensemble. */
  constructor(folder: string, port: number, id: number, settings: Readonly<Record<string, string | number>>) {
    this.port = port;
    this.#folder = folder;
    mkdirSync(folder);
    writeFileSync(join(folder, 'myid'), String(id));
    const lines = { dataDir: folder, clientPort: port, ...settings };
    writeFileSync(
      this.#configuration,
      Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  }

  start(): void {
    const log = openSync(this.#log, 'a');
    const main = ['-cp', jars.join(':'), 'org.apache.zookeeper.server.quorum.QuorumPeerMain'];
    // Ends with this process however that ends, be it by kill -9.
    const command = ['--pdeathsig', 'KILL', 'java', ...javaFlags, ...main, this.#configuration];
    this.#child = spawn('setpriv', command, {
      cwd: this.#folder,
      // Java options of whoever runs the tests are none of ours.
      env: { PATH: env.PATH },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** Whether it serves clients: alone, or as one of an ensemble that has a leader. */
  async isServing(): Promise<boolean> {
    const socket = connect({ host: '127.0.0.1', port: this.port, timeout: answerMilliseconds });
    socket.on('timeout', () => socket.destroy());
    try {
      await once(socket, 'connect');
      socket.write('srvr');
      return /^Mode: /m.test(await text(socket));
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  /** Throws if the process has ended by itself, with the end of its log. */
  assertAlive(): void {
    const code = this.#child?.exitCode ?? this.#child?.signalCode;
    if (code === null || code === undefined) return;
    const log = readFileSync(this.#log, 'utf8').trim().split('\n').slice(-10).join('\n');
    throw new Error(`the ZooKeeper at port ${this.port} ended (${code}):\n${log}`);
  }

  get #configuration(): string {
    return join(this.#folder, 'zoo.cfg');
  }

  get #log(): string {
    return join(this.#folder, 'log');
  }
}
