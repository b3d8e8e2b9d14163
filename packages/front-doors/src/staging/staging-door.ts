import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobServiceError, type StagedJob, type StagedPart } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import { openInside } from '../files/open-inside.ts';
import { inWords } from '../files/receive-file.ts';
import type { JobService } from '../job-service.ts';
import { authorise, type Visitor } from './authorise.ts';
import { Checksums } from './checksums.ts';
import { encodeName, idleLine, lastLine, nameSchema, readFileList, writeEntry } from './file-list.ts';
import { listInputs } from './inputs.ts';
import { OutputBook } from './output-book.ts';
import type { Lack, Outputs } from './outputs.ts';

/** What {@link stagingDoor} needs. */
export interface StagingDoorOptions {
  readonly jobs: Pick<JobService, 'staged'>;
  /** The largest file that an attempt may bring back, in bytes. Default: as much as there is space for. */
  readonly maximumFileBytes?: number;
  /** How many files, directories and links an attempt may bring back. Default 200,000. */
  readonly maximumFiles?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the staging door: which attempt asks. */
    stagingVisitor: Visitor | undefined;
  }
}

const prefix = '/staging/v1/jobs/:jobId';

/** A list of 200,000 files whose names are of usual length. */
const listBytes = 64 * 1024 * 1024;

/** Few reads for a large file; a small one takes no more than it has. */
const pieceBytes = 256 * 1024;

/** So often a peer that waits for checksums hears that somebody is still there. */
const idleMilliseconds = 5_000;

const parametersSchema = z.object({ jobId: z.string() });

/**
 * The files of jobs for agents that do not see the daemon's directories: a list of inputs, the inputs, a list of
 * outputs, which is answered with what is missing of them, and the outputs. Each attempt shows the secret of its job.
 */
export async function stagingDoor(fastify: FastifyInstance, options: StagingDoorOptions): Promise<void> {
  const checksums = new Checksums();
  const book = new OutputBook(checksums, options);
  const config = { open: true };

  fastify.decorateRequest('stagingVisitor', undefined);
  fastify.addHook('onRequest', async (request) => {
    const { jobId } = parametersSchema.parse(request.params);
    request.stagingVisitor = authorise(options.jobs, jobId, request.headers);
  });
  // A file is anything; it goes on as a stream.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  fastify.setErrorHandler((error, _request, reply) => answerError(error, reply));

  fastify.get(`${prefix}/script`, { config, exposeHeadRoute: false }, async (request, reply) => {
    const { job } = visitorOf(request);
    return reply.type('application/x-sh').send(createReadStream(job.script));
  });

  fastify.get(`${prefix}/inputs`, { config, exposeHeadRoute: false }, async (request, reply) => {
    const { job, attemptId } = visitorOf(request);
    const part = await partOf(job, attemptId);
    const lines = mapEach(listInputs(job.directory, checksums, part), writeEntry);
    return reply.type('text/plain').send(Readable.from(keptAlive(lines)));
  });

  fastify.get(`${prefix}/input`, { config, exposeHeadRoute: false }, async (request, reply) => {
    const { job, attemptId } = visitorOf(request);
    const name = Buffer.from(nameOf(request), 'latin1').toString();
    const part = await partOf(job, attemptId);
    const directory = part?.names.has(name) ? part.directory : job.directory;
    const { handle, size } = await openInside([directory], join(directory, name));
    const start = startOf(request.headers.range);
    if (start > size) {
      await handle.close();
      return reply.code(416).header('content-range', `bytes */${size}`).send();
    }
    if (start > 0) reply.code(206).header('content-range', `bytes ${start}-${size - 1}/${size}`);
    reply.type('application/octet-stream').header('content-length', size - start);
    return reply.send(handle.createReadStream({ start, highWaterMark: Math.min(size + 1, pieceBytes) }));
  });

  fastify.post(`${prefix}/outputs`, { config }, async (request, reply) => {
    const visitor = visitorOf(request);
    const entries = await readFileList(await readText(request.body), book.maximumFiles);
    const { attempts, directory } = visitor.job;
    const tree = join(attempts, visitor.attemptId, basename(directory));
    await mkdir(tree, { recursive: true });
    const outputs = book.open(visitor, tree, entries);
    const lines = answerList(outputs, directory);
    return reply.type('text/plain').send(Readable.from(keptAlive(lines)));
  });

  fastify.put(`${prefix}/output`, { config }, async (request, reply) => {
    const outputs = book.of(visitorOf(request));
    const { body } = request;
    if (!(body instanceof Readable)) throw new FrontDoorError('BAD_REQUEST', 'expected the bytes of a file');
    const name = nameOf(request);
    try {
      await outputs.write(name, offsetOf(request.headers['content-range']), body);
    } catch (error) {
      throw inWords(error, name);
    }
    return reply.code(204).send();
  });
}

function visitorOf({ stagingVisitor }: FastifyRequest): Visitor {
  if (!stagingVisitor) throw new Error('a route of the staging door was reached without its hook');
  return stagingVisitor;
}

/** What an attempt has instead of inputs; of what cannot be cut there is no use in asking again. */
async function partOf({ part }: StagedJob, attemptId: string): Promise<StagedPart | undefined> {
  try {
    return await part?.(attemptId);
  } catch (error) {
    if (!(error instanceof JobServiceError) || error.code !== 'REFUSED') throw error;
    throw new FrontDoorError('GONE', error.message, { cause: error });
  }
}

/** Read from the bytes of the URL, because names need not be UTF-8. */
function nameOf(request: FastifyRequest): string {
  const given = /[?&]name=([^&]*)/.exec(request.raw.url ?? '')?.[1] ?? '';
  const { success, data, error } = nameSchema.safeParse(given);
  if (success) return data;
  const message = error.issues[0]?.message ?? '';
  throw new FrontDoorError('BAD_REQUEST', `the query parameter "name" ${message}`);
}

/** Whoever resumes asks for all bytes from one on; other ranges are answered with the whole file. */
const startOf = (range: string | undefined): number =>
  Number(/^bytes=(\d{1,15})-$/.exec(range ?? '')?.[1] ?? 0);

function offsetOf(contentRange: string | undefined): number {
  if (contentRange === undefined) return 0;
  const [, first] = /^bytes (\d{1,15})-\d+\/(?:\d+|\*)$/.exec(contentRange) ?? [];
  if (first === undefined) {
    throw new FrontDoorError(
      'BAD_REQUEST',
      `content-range: expected "bytes FIRST-LAST/SIZE", got ${contentRange}`,
    );
  }
  return Number(first);
}

async function readText(body: unknown): Promise<string> {
  if (!(body instanceof Readable)) throw new FrontDoorError('BAD_REQUEST', 'expected a list of files');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > listBytes)
      throw new FrontDoorError('TOO_LARGE', `the list of files has more than ${listBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

async function* answerList(outputs: Outputs, directory: string): AsyncGenerator<string> {
  let isWhole = true;
  for await (const lack of outputs.lacks()) {
    isWhole = false;
    yield writeLack(lack);
  }
  if (isWhole) await outputs.complete(directory);
}

const writeLack = (lack: Lack): string =>
  lack.type === 'missing'
    ? `missing ${lack.offset} ${encodeName(lack.name)}\n`
    : `damaged ${encodeName(lack.name)}\n`;

async function* mapEach<From, To>(
  source: AsyncIterable<From>,
  change: (item: From) => To,
): AsyncGenerator<To> {
  for await (const item of source) yield change(item);
}

/** Lines as they come, one that says nothing where the next takes long, and the last one. */
async function* keptAlive(lines: AsyncGenerator<string>): AsyncGenerator<string> {
  for (;;) {
    const next = lines.next();
    next.catch(() => {
      // It is looked at below, at the latest when the peer has heard something.
    });
    let result: IteratorResult<string> | undefined;
    while (result === undefined) {
      const waiting = new AbortController();
      const idle = sleep(idleMilliseconds, undefined, { signal: waiting.signal }).catch(() => undefined);
      result = await Promise.race([next, idle]).finally(() => waiting.abort());
      if (result === undefined) yield idleLine;
    }
    if (result.done) break;
    yield result.value;
  }
  yield lastLine;
}

/** In one line, which the attempt shows to people. What is no fault of the request is answered further up. */
function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (!(error instanceof FrontDoorError)) throw error;
  const details = error.fields.map(({ field, message }) => `; ${field}: ${message}`).join('');
  return reply.code(error.statusCode).type('text/plain').send(`${error.message}${details}\n`);
}
