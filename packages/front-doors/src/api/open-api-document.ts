import Fastify from 'fastify';
import type { JobService } from '../job-service.ts';
import { apiPrefix } from './api-prefix.ts';
import { jobApi } from './job-api.ts';

/** The OpenAPI document of the API, without a daemon: nothing is asked of any job. */
export async function openApiDocument(version: string): Promise<object> {
  const fastify = Fastify();
  const jobs = {} as JobService;
  await fastify.register(jobApi, { jobs, version, directories: () => [] });
  await fastify.ready();
  const { payload } = await fastify.inject(`${apiPrefix}/openapi.json`);
  await fastify.close();
  return JSON.parse(payload);
}
