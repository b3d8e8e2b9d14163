import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../real-mesos/mesos-process.ts';
import { hasPrograms, PostgresProcess, type PostgresSettings } from './postgres-process.ts';

/** A running PostgreSQL 15. */
export interface RealPostgres extends AsyncDisposable {
  readonly port: number;
  /** Of a database on 127.0.0.1, `postgres://postgres@127.0.0.1:PORT/DATABASE`. */
  url(database: string): string;
  /** Of a database on the UNIX socket. */
  socketUrl(database: string): string;
  /** Makes an empty database, and answers its {@link RealPostgres.url}; `tablespace` is where its files are. */
  newDatabase(tablespace?: string): Promise<string>;
  /** Makes a place for databases in a folder that is there and empty. */
  newTablespace(folder: string): Promise<string>;
  /** SIGKILL to all its processes. */
  kill(): Promise<void>;
  /** Kills it if it runs, and starts it again on the same data; resolves once it serves. */
  restart(): Promise<void>;
  /** SIGSTOP: the port still takes connections, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Ends all that was started and removes all files. May be called twice. */
  stop(): Promise<void>;
}

const startMilliseconds = 60_000;
const pollMilliseconds = 25;

/**
 * For `describe.skipIf(!requireRealPostgres())`: tells whether tests on a real PostgreSQL can run; where they cannot,
 * says in a line how to get it. With CI=true it throws instead, so that a build never passes without them.
 */
export function requireRealPostgres(): boolean {
  if (hasPrograms()) return true;
  const advice =
    'there is no PostgreSQL 15: get it with `apt-get install --no-install-recommends postgresql-15`';
  if (env.CI === 'true') throw new Error(advice);
  console.warn(`Skipped: ${advice}`);
  return false;
}

class Server implements RealPostgres {
  readonly port: number;
  readonly #folder: string;
  readonly #process: PostgresProcess;
  #made = 0;
  readonly #onExit = () => rmSync(this.#folder, { recursive: true, force: true });

  constructor(folder: string, server: PostgresProcess) {
    this.#folder = folder;
    this.#process = server;
    this.port = server.port;
    process.once('exit', this.#onExit);
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  socketUrl(database: string): string {
    return `postgres://postgres@/${database}?host=${this.#process.socketFolder}&port=${this.port}`;
  }

  async newDatabase(tablespace = 'pg_default'): Promise<string> {
    const name = `test_${++this.#made}`;
    await this.#run(`CREATE DATABASE ${name} TABLESPACE ${tablespace}`);
    return this.url(name);
  }

  async newTablespace(folder: string): Promise<string> {
    const name = `space_${++this.#made}`;
    this.#process.own(folder);
    await this.#run(`CREATE TABLESPACE ${name} LOCATION '${folder}'`);
    return name;
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  async restart(): Promise<void> {
    await this.#process.kill();
    await this.start();
  }

  freeze(): void {
    this.#process.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process.signal('SIGCONT');
  }

  async start(): Promise<void> {
    this.#process.start();
    const deadline = performance.now() + startMilliseconds;
    while (!(await this.#isServing())) {
      this.#process.assertAlive();
      if (performance.now() > deadline)
        throw new Error(`waited ${startMilliseconds / 1000} s for PostgreSQL at port ${this.port}`);
      await sleep(pollMilliseconds);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', this.#onExit);
  }

  async #isServing(): Promise<boolean> {
    return this.#run('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  #run(sql: string): Promise<void> {
    return this.#process.run(this.url('postgres'), sql);
  }
}

/**
 * Starts PostgreSQL on a free port of 127.0.0.1 and a UNIX socket, in a temporary folder, and resolves once it serves.
 * Call `stop` in any case; the server also ends with this process, however that ends.
 */
export async function startPostgres(settings: PostgresSettings = { durable: false }): Promise<RealPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'real-postgres-'));
  chmodSync(folder, 0o755);
  try {
    const started = new Server(folder, new PostgresProcess(folder, await freePort(), settings));
    await started.start().catch(async (error: unknown) => {
      await started.stop();
      throw error;
    });
    return started;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
