/**
 * What every dialect of a queueing system must hold, as tests for those who write one.
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { dialectLaws } from '@galaxy-mesos/queue-testkit';
 * import { claims } from './claims.js';
 * import { myQueue } from './my-queue.js';
 *
 * for (const { name, run } of dialectLaws(myQueue, claims)) test(name, run);
 * ```
 *
 * @module
 */
export type { DialectClaims, QueuedJob, RenderedJob, Sample } from './claims.ts';
export { dialectLaws } from './dialect-laws.ts';
export type { Law } from './law.ts';
