import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, getuid } from 'node:process';
import { promisify } from 'node:util';

/** Where Debian puts the programs of PostgreSQL 15. */
const programs = '/usr/lib/postgresql/15/bin';

/** How the server writes. */
export interface PostgresSettings {
  /** Waits for the disk, as a real server does. Tests survive any `kill -9` without, but not a power cut. */
  readonly durable: boolean;
}

/** Whether this machine has the programs. */
export const hasPrograms = (): boolean =>
  ['initdb', 'postgres', 'psql'].every((program) => existsSync(join(programs, program))) &&
  existsSync('/usr/bin/setpriv');

const small = ['-c', 'shared_buffers=32MB', '-c', 'max_connections=40', '-c', 'max_wal_size=256MB'];
const careless = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

/** A server of PostgreSQL that can be killed, frozen and started again on the same port and data. */
export class PostgresProcess {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: PostgresSettings;
  readonly #owner: { readonly uid: number; readonly gid: number } | undefined;
  #child: ChildProcess | undefined;

  /** Makes an empty cluster of databases in `folder`, to which anybody may connect without a password. */
  constructor(folder: string, port: number, settings: PostgresSettings) {
    this.#folder = folder;
    this.port = port;
    this.#settings = settings;
    this.#owner = chosenOwner();
    mkdirSync(this.socketFolder, { mode: 0o777 });
    this.own(folder);
    this.own(this.socketFolder);
    const options = ['--username=postgres', '--auth=trust', '--no-sync', '--no-locale', '--encoding=UTF8'];
    const [command = '', ...args] = this.#asOwner('initdb', ['-D', this.#data, ...options]);
    execFileSync(command, args, {
      cwd: folder,
      env: { PATH: env.PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  /** Where the server's UNIX socket is. */
  get socketFolder(): string {
    return join(this.#folder, 'socket');
  }

  /** Gives a file or folder to the user as whom the server runs. */
  own(path: string): void {
    if (this.#owner) chownSync(path, this.#owner.uid, this.#owner.gid);
  }

  start(): void {
    const log = openSync(this.#log, 'a');
    const addresses = ['-c', 'listen_addresses=127.0.0.1', '-p', String(this.port), '-k', this.socketFolder];
    const writing = this.#settings.durable ? [] : careless;
    const [command = '', ...args] = this.#asOwner('postgres', [
      '-D',
      this.#data,
      ...addresses,
      ...small,
      ...writing,
    ]);
    this.#child = spawn(command, args, {
      cwd: this.#folder,
      // Settings of whoever runs the tests (PGDATA, PGHOST ...) are none of ours.
      env: { PATH: env.PATH },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
  }

  /** Runs a statement; rejects with what psql says if that fails. */
  async run(url: string, sql: string): Promise<void> {
    const args = ['--no-psqlrc', '--quiet', '--no-password', '--command', sql, url];
    await promisify(execFile)(join(programs, 'psql'), args, { env: { PATH: env.PATH } });
  }

  /** SIGKILL to the server and all its processes, and waits until they are gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    for (const pid of this.#family(child)) signalProcess(pid, 'SIGKILL');
    await exit;
  }

  /** To the server and all its processes. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#child) for (const pid of this.#family(this.#child)) signalProcess(pid, name);
  }

  /** Throws if the process has ended by itself, with the end of its log. */
  assertAlive(): void {
    const code = this.#child?.exitCode ?? this.#child?.signalCode;
    if (code === null || code === undefined) return;
    const log = readFileSync(this.#log, 'utf8').trim().split('\n').slice(-10).join('\n');
    throw new Error(`the PostgreSQL at port ${this.port} ended (${code}):\n${log}`);
  }

  /** The server first: one that is stopped or dead starts no others. */
  #family({ pid }: ChildProcess): number[] {
    if (pid === undefined) return [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.trim().split(' ').filter(Boolean).map(Number)];
  }

  #asOwner(program: string, args: readonly string[]): string[] {
    const owner = this.#owner;
    const user = owner ? [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'] : [];
    // Ends with this process however that ends, be it by kill -9.
    return ['setpriv', ...user, '--pdeathsig', 'KILL', join(programs, program), ...args];
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  get #log(): string {
    return join(this.#folder, 'log');
  }
}

/** PostgreSQL refuses to run as root: then it is the user that Debian made for it, or nobody. */
function chosenOwner(): { uid: number; gid: number } | undefined {
  if (getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , uid = 65534, gid = 65534] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
