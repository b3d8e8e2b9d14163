import { randomUUID } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import { listFiles } from '../files/list-files.ts';
import { type OpenFile, openInside } from '../files/open-inside.ts';
import { inWords, makeWay, receiveFile } from '../files/receive-file.ts';
import { shown } from '../files/safe-name.ts';
import { answerJson } from './answers.ts';
import { incomingDirectory } from './incoming-directory.ts';
import { downloadOf, fileOf, isDownload, mayBePattern } from './job-files.ts';
import type { JobKey } from './job-key.ts';
import type { PulsarDoor } from './pulsar-door.ts';
import { readQuery } from './read-query.ts';
import { fitsGlob } from './staging/python-patterns.ts';

const fileQuerySchema = z.object({ name: z.string().min(1), type: z.string().min(1) });
const uploadQuerySchema = fileQuerySchema.extend({ cache_token: z.string().optional() });
const downloadQuerySchema = fileQuerySchema.extend({ type: z.string().min(1).default('output') });

/** How Galaxy's client is called where it uses libcurl. */
const curlAgent = /pycurl/i;

/** Adds the routes by which files come in and go out. */
export function fileRoutes(app: FastifyInstance, door: PulsarDoor): void {
  app.post('/jobs/:id/files', async (request, reply) => {
    const key = door.keyOf(request);
    const query = readQuery(uploadQuerySchema, request.query);
    const file = fileOf(query.type, query.name);
    const directory = door.jobs.directory(key);
    if (await door.jobs.takesFiles(key))
      await take(door, request, await makeWay(directory, file), query.cache_token);
    else await drain(bodyOf(request));
    return answerJson(reply, { path: join(directory, ...file) });
  });

  app.get('/jobs/:id/files/path', async (request, reply) => {
    const key = door.keyOf(request);
    const { name, type } = readQuery(fileQuerySchema, request.query);
    door.jobs.requireKnown(key);
    return answerJson(reply, { path: await pathOf(door.jobs.directory(key), type, name) });
  });

  // Nobody asks for the head of a file, and finding out its size would mean to read it.
  app.get('/jobs/:id/files', { exposeHeadRoute: false }, async (request, reply) => {
    const key = door.keyOf(request);
    const { name, type } = readQuery(downloadQuerySchema, request.query);
    try {
      return await send(door, key, type, name, reply);
    } catch (error) {
      return refuseDownload(request, reply, error);
    }
  });
}

/** The body of a request, which no parser has touched; none is an empty one. */
export const bodyOf = (request: FastifyRequest): Readable =>
  request.body instanceof Readable ? request.body : Readable.from([]);

/** How many bytes a request announces. */
export const announcedBytes = (request: FastifyRequest): number | undefined => {
  const length = request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
};

async function take(
  { options, cache }: PulsarDoor,
  request: FastifyRequest,
  target: string,
  cacheToken: string | undefined,
): Promise<void> {
  const temporaryDirectory = incomingDirectory(options.staging);
  if (cacheToken !== undefined && cacheToken !== '') {
    const temporary = join(temporaryDirectory, randomUUID());
    await drain(bodyOf(request));
    if (!cache)
      throw new FrontDoorError('UNSUPPORTED', 'files are not cached here: set "cache" in job_conf to false');
    await cache.use(request.principal.name, cacheToken, target, temporary).catch((error: unknown) => {
      throw inWords(error, target);
    });
    return;
  }
  const expectedBytes = announcedBytes(request);
  await receiveFile(bodyOf(request), target, {
    temporaryDirectory,
    ...(expectedBytes === undefined ? {} : { expectedBytes }),
    ...(options.maximumFileBytes === undefined ? {} : { maximumBytes: options.maximumFileBytes }),
  });
}

async function drain(body: Readable): Promise<void> {
  for await (const _chunk of body);
}

/** Where a file is or may be put by somebody who sees the same file system; of a pattern the first that fits. */
async function pathOf(directory: string, type: string, name: string): Promise<string> {
  if (!isDownload(type)) return makeWay(directory, fileOf(type, name));
  const path = join(directory, ...downloadOf(type, name));
  if (!mayBePattern(type, name)) return path;
  const pattern = relative(join(directory, layout.working), path);
  const depth = pattern.split(sep).length;
  const found = (await listFiles(join(directory, layout.working))).find(
    (file) => file.split(sep).length === depth && fitsGlob(pattern, file),
  );
  if (found === undefined) throw new FrontDoorError('NOT_FOUND', `no file of the job fits ${shown(name)}`);
  return join(directory, layout.working, found);
}

async function send(
  { jobs, options }: PulsarDoor,
  key: JobKey,
  type: string,
  name: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  jobs.requireKnown(key);
  const directory = jobs.directory(key);
  const path = join(directory, ...downloadOf(type, name));
  reply.header('x-content-type-options', 'nosniff').type('application/octet-stream');
  const file = await openInside([directory], path, options.linkedDirectories).catch((error: unknown) => {
    if (type === 'output_workdir' && isNotFound(error)) return undefined;
    throw error;
  });
  if (!file) return reply.send(Buffer.alloc(0));
  const whole = await wholeOf(file);
  if (whole) return reply.send(whole);
  reply.header('content-length', file.size);
  return reply.send(file.handle.createReadStream({ start: 0, end: file.size - 1 }));
}

/** As much as a stream would read at once. */
const smallFileBytes = 64 * 1024;

/** A small file, which is closed then; of another one, and of one that becomes shorter, nothing. */
async function wholeOf({ handle, size }: OpenFile): Promise<Buffer | undefined> {
  if (size > smallFileBytes) return undefined;
  const bytes = Buffer.allocUnsafe(size);
  let isWhole = size === 0;
  try {
    isWhole ||= (await handle.read(bytes, 0, size, 0)).bytesRead === size;
  } catch (error) {
    await handle.close();
    throw error;
  }
  if (!isWhole) return undefined;
  await handle.close();
  return bytes;
}

/**
 * What a tool was to leave in its working directory, and did not: Galaxy's own runners leave the output empty and judge
 * the job by its exit code, whereas any error here would fail the job whatever the tool says of itself.
 */
const isNotFound = (error: unknown): boolean => error instanceof FrontDoorError && error.code === 'NOT_FOUND';

/**
 * Galaxy's client with libcurl does not look at the status: it takes whatever comes for the file. For an error the
 * connection breaks, which it does see.
 */
function refuseDownload(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  if (!curlAgent.test(request.headers['user-agent'] ?? '')) throw error;
  request.log.warn({ err: error }, 'a download is broken off');
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}
