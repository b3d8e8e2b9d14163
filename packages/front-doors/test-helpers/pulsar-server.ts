import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { access } from '../src/access/access.ts';
import { type AccessToken, TokenBook } from '../src/access/token-book.ts';
import type { DoorRecords, JobService } from '../src/job-service.ts';
import { pulsarDoor } from '../src/pulsar/pulsar-door.ts';
import type { PulsarDoorOptions } from '../src/pulsar/pulsar-options.ts';

/** Records that outlive a door, but not the process. */
export class MemoryRecords implements DoorRecords {
  readonly values = new Map<string, string>();

  async load() {
    return [...this.values].map(([key, value]) => ({ key, value: JSON.parse(value) as unknown }));
  }

  async put(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.stringify(value));
  }

  async delete(key: string): Promise<void> {
    this.values.delete(key);
  }
}

/** What a test may choose. */
export interface PulsarServerOptions extends Partial<PulsarDoorOptions> {
  readonly jobs: JobService;
  readonly tokens?: readonly AccessToken[];
}

/** A server with the Pulsar door only, and directories of its own. */
export class PulsarServer implements AsyncDisposable {
  readonly directory: string;
  readonly records: DoorRecords;
  app: FastifyInstance;
  readonly #options: PulsarServerOptions;

  private constructor(directory: string, options: PulsarServerOptions, app: FastifyInstance) {
    this.directory = directory;
    this.records = options.records ?? new MemoryRecords();
    this.#options = options;
    this.app = app;
  }

  static async start(options: PulsarServerOptions): Promise<PulsarServer> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'pulsar-door-')));
    const server = new PulsarServer(directory, options, Fastify());
    await server.restart();
    return server;
  }

  get staging(): string {
    return join(this.directory, 'staging');
  }

  /** As if the daemon were killed, and started again. */
  async restart(changes: Partial<PulsarDoorOptions> = {}): Promise<void> {
    await this.app.close();
    this.app = Fastify({
      http: { maxHeaderSize: 1024 * 1024 },
      routerOptions: { maxParamLength: 4096 },
      forceCloseConnections: true,
    });
    await this.app.register(access, { tokens: new TokenBook(this.#options.tokens ?? []) });
    await this.app.register(pulsarDoor, {
      staging: this.staging,
      cache: join(this.directory, 'cache'),
      ...this.#options,
      records: this.records,
      ...changes,
    });
  }

  /** Serves on loopback; the answer ends with a slash. */
  async listen(): Promise<string> {
    return `${await this.app.listen({ host: '127.0.0.1', port: 0 })}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}
