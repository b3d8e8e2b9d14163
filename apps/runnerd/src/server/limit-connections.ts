import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyInstance } from 'fastify';

/** More than a Galaxy and a cluster that fetches files have at a time; each takes some 50 KiB. */
const mostConnections = 8_000;

/** So many more are let in to be told that they are too many; whoever comes then is cut off. */
const toldConnections = 100;

/** What the system allows if it does not say. */
const usualOpenFiles = 1_024;

/** How many connections are served at a time: jobs need files as well, and each connection is one for the system. */
export function connectionsServed(openFiles = openFilesAllowed()): number {
  return Math.min(mostConnections, Math.floor(openFiles / 2));
}

function openFilesAllowed(): number {
  try {
    const [, soft = ''] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft) || usualOpenFiles;
  } catch {
    return usualOpenFiles;
  }
}

/**
 * Serves so many connections at a time, and answers 503 on those that come when all are taken. Those that are there
 * stay: who opens thousands cannot drive out a Galaxy that has its own.
 */
export function limitConnections(app: FastifyInstance, most: number, isEncrypted: boolean): void {
  const { server } = app;
  server.maxConnections = most + toldConnections;
  const surplus = new WeakSet<Socket>();
  let served = 0;
  server.on(isEncrypted ? 'secureConnection' : 'connection', (socket: Socket) => {
    if (served >= most) {
      surplus.add(socket);
      return;
    }
    served += 1;
    socket.once('close', () => {
      served -= 1;
    });
  });
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (!surplus.has(raw.socket)) return;
    reply.header('connection', 'close').header('retry-after', 1);
    throw new JobServiceError('UNAVAILABLE', '', tooMany(most));
  });
}

const tooMany = (most: number): string =>
  `${most} connections are open, and no more are served: close those that are not needed, and try again`;
