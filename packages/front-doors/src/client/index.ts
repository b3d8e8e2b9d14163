/**
 * A client of the runner daemon, with the types of its OpenAPI document.
 *
 * @example
 * const daemon = createClient({ url: 'http://127.0.0.1:8913', token });
 * for await (const event of daemon.events()) console.log(event);
 *
 * @module
 */
export type { Problem } from '../api/schemas/problem.ts';
export type { JobRemoval } from '../api/schemas/views.ts';
export { ClientError, type ClientErrorCode } from './client-error.ts';
export {
  type ClientOptions,
  createClient,
  type DaemonClient,
  type JobFilter,
  type LogOptions,
  type SubmittedJob,
  type SubmittedJobView,
} from './daemon-client.ts';
export type { EventOptions } from './event-stream.ts';
export type { FollowOptions } from './log-stream.ts';
