import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import { answerJson } from './answers.ts';
import type { FileCache } from './file-cache.ts';
import { announcedBytes, bodyOf } from './file-routes.ts';
import type { PulsarDoor } from './pulsar-door.ts';
import { readQuery } from './read-query.ts';

const cacheQuerySchema = z.object({ path: z.string().min(1) });

/** Adds the routes by which Galaxy sends a file once for many jobs. */
export function cacheRoutes(app: FastifyInstance, door: PulsarDoor): void {
  app.put('/cache', async ({ query, principal, ip }, reply) => {
    const { path } = readQuery(cacheQuerySchema, query);
    return answerJson(reply, await cacheOf(door).isRequired(principal.name, ip, path, Date.now()));
  });
  app.post('/cache', async (request, reply) => {
    const { path } = readQuery(cacheQuerySchema, request.query);
    const { principal, ip } = request;
    await cacheOf(door).insert(principal.name, ip, path, bodyOf(request), announcedBytes(request));
    return answerJson(reply, null);
  });
  app.get('/cache/status', async ({ query, principal, ip }, reply) => {
    const { path } = readQuery(cacheQuerySchema, query);
    return answerJson(reply, await cacheOf(door).status(principal.name, ip, path));
  });
}

function cacheOf({ cache }: PulsarDoor): FileCache {
  if (cache) return cache;
  throw new FrontDoorError('UNSUPPORTED', 'files are not cached here: set "cache" in job_conf to false');
}
