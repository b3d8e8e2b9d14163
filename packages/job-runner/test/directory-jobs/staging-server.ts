import path from 'node:path';
import { stagingDoor } from '@galaxy-mesos/front-doors';
import type { StagedJob } from '@galaxy-mesos/galaxy-jobs';
import Fastify, { type FastifyInstance } from 'fastify';
import { attemptScriptPath } from '../../src/directory-jobs/index.ts';
import type { DirectoryJobFixture } from './directory-job-fixture.ts';

/** A daemon as far as its staging door goes, which can go away and come back on the same port. */
export class StagingServer {
  /** Attempts that are over. */
  readonly closed = new Set<string>();
  /** `METHOD PATH` of what was asked. */
  readonly asked: string[] = [];
  /** Breaks off answers and bodies after so many bytes, each once, as long as there are numbers left. */
  readonly breaks: number[] = [];
  readonly #fixture: DirectoryJobFixture;
  #app: FastifyInstance | undefined;
  #port = 0;

  constructor(fixture: DirectoryJobFixture) {
    this.#fixture = fixture;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const { directory, control, secret } = this.#fixture;
    const staged: StagedJob = {
      directory,
      attempts: path.join(control, 'attempts'),
      script: attemptScriptPath(control),
      secret,
      isOpen: (attemptId) => !this.closed.has(attemptId),
    };
    const app = Fastify({ forceCloseConnections: true });
    app.addHook('onRequest', async (request) => {
      this.asked.push(`${request.method} ${request.url.replace(/^.*?\/jobs\/[^/]*/, '')}`);
    });
    await app.register(stagingDoor, {
      jobs: { staged: (jobId) => (jobId === 'o.m.7' ? staged : undefined) },
    });
    await app.listen({ host: '127.0.0.1', port: this.#port });
    const address = app.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#app = app;
  }

  async stop(): Promise<void> {
    await this.#app?.close();
    this.#app = undefined;
  }
}
