import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import { shown } from '../files/safe-name.ts';
import { answerError, answerJson, answerOk } from './answers.ts';
import { cacheRoutes } from './cache-routes.ts';
import { FileCache } from './file-cache.ts';
import { fileRoutes } from './file-routes.ts';
import { incomingDirectory } from './incoming-directory.ts';
import { defaultManager, type JobKey } from './job-key.ts';
import { objectRoutes } from './object-routes.ts';
import { PulsarJobs } from './pulsar-jobs.ts';
import type { PulsarDoorOptions } from './pulsar-options.ts';
import { readQuery } from './read-query.ts';
import { readSubmit } from './submit-query.ts';

/** What the routes share. */
export interface PulsarDoor {
  readonly options: PulsarDoorOptions;
  readonly jobs: PulsarJobs;
  readonly cache: FileCache | undefined;
  /** Which job a request is about. */
  keyOf(request: FastifyRequest): JobKey;
}

const setupQuerySchema = z.object({
  job_id: z.string().min(1),
  tool_id: z.string().optional(),
  tool_version: z.string().optional(),
});
const jobPathSchema = z.object({ id: z.string(), manager: z.string().default(defaultManager) });
const managerPathSchema = jobPathSchema.omit({ id: true });

const hour = 3_600_000;
const defaultUnclaimedHours = 7 * 24;
/** An upload that takes longer has long been given up by its client. */
const longestUploadHours = 48;

/**
 * The REST protocol of Pulsar 0.16, by which Galaxy sends jobs, as a Fastify plugin. Galaxy's own runner
 * (`PulsarRESTJobRunner`) needs no change. Every route is there twice: as Pulsar has it, and below
 * `/managers/{name}`.
 *
 * The plugin `access` must be registered before: jobs of one token are not seen with another.
 */
export async function pulsarDoor(app: FastifyInstance, options: PulsarDoorOptions): Promise<void> {
  await mkdir(incomingDirectory(options.staging), { recursive: true });
  const cache =
    options.cache === undefined ? undefined : new FileCache(options.cache, options.maximumFileBytes);
  const jobs = await PulsarJobs.open(options, app.log);
  const managers = new Set([defaultManager, ...(options.managers ?? [])]);
  const door: PulsarDoor = {
    options,
    jobs,
    cache,
    keyOf: (request) => {
      const { id, manager } = readQuery(jobPathSchema, request.params);
      return { owner: request.principal.name, manager: known(managers, manager), id };
    },
  };

  const timer = setInterval(() => {
    tidyUp(door, Date.now()).catch((error: unknown) => app.log.error({ err: error }, 'tidying up failed'));
  }, hour);
  timer.unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await jobs.close();
  });

  await app.register(async (routes) => {
    // A body is a file, whatever its type says, and may be longer than memory.
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    routes.setErrorHandler((error, _request, reply) => answerError(reply, error));
    for (const prefix of ['', '/managers/:manager']) {
      await routes.register(
        async (below) => {
          jobRoutes(below, door, managers);
          fileRoutes(below, door);
          cacheRoutes(below, door);
          objectRoutes(below);
        },
        { prefix },
      );
    }
  });
}

/** Forgets what nobody has asked for in a long time. */
export async function tidyUp({ jobs, cache, options }: PulsarDoor, now: number): Promise<void> {
  const before = now - (options.unclaimedHours ?? defaultUnclaimedHours) * hour;
  await jobs.forgetUnclaimed(before);
  await cache?.removeUnused(before);
  const incoming = incomingDirectory(options.staging);
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtimeMs < now - longestUploadHours * hour) await rm(path, { force: true });
  }
}

function jobRoutes(app: FastifyInstance, door: PulsarDoor, managers: ReadonlySet<string>): void {
  const { jobs } = door;
  app.post('/jobs', async (request, reply) => {
    const {
      job_id: id,
      tool_id: toolId,
      tool_version: toolVersion,
    } = readQuery(setupQuerySchema, request.query);
    const { manager } = readQuery(managerPathSchema, request.params);
    const key = { owner: request.principal.name, manager: known(managers, manager), id };
    return answerJson(reply, await jobs.setup(key, { toolId, toolVersion }));
  });
  app.post('/jobs/:id/submit', async (request, reply) => {
    await jobs.submit(door.keyOf(request), readSubmit(request.query));
    return answerOk(reply);
  });
  app.get('/jobs/:id/status', async (request, reply) =>
    answerJson(reply, await jobs.status(door.keyOf(request))),
  );
  app.put('/jobs/:id/cancel', async (request, reply) => {
    await jobs.cancel(door.keyOf(request));
    return answerOk(reply);
  });
  app.delete('/jobs/:id', async (request, reply) => {
    await jobs.clean(door.keyOf(request));
    return answerOk(reply);
  });
}

function known(managers: ReadonlySet<string>, name: string): string {
  if (managers.has(name)) return name;
  const names = [...managers].join(', ');
  throw new FrontDoorError('NOT_FOUND', `there is no manager ${shown(name)} here; there is: ${names}`);
}
