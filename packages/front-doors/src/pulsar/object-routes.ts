import type { FastifyInstance } from 'fastify';
import { FrontDoorError } from '../access/front-door-error.ts';

/**
 * Adds Pulsar's routes of an object store, which is optional there, and none is here: Galaxy asks for them only where
 * it is told to keep its own datasets in a Pulsar.
 */
export function objectRoutes(app: FastifyInstance): void {
  const refuse = async (): Promise<never> => {
    throw new FrontDoorError('UNSUPPORTED', 'no object store is served here: jobs only');
  };
  app.all('/objects/:object', refuse);
  for (const question of ['exists', 'file_ready', 'empty', 'size', 'filename']) {
    app.get(`/objects/:object/${question}`, refuse);
  }
  app.get('/object_store_usage_percent', refuse);
}
