/**
 * The doors through which jobs come in: Fastify plugins over a port that whoever runs jobs implements.
 *
 * @module
 */
export { type AccessOptions, access } from './access/access.ts';
export { type FieldError, FrontDoorError, type FrontDoorErrorCode } from './access/front-door-error.ts';
export { anonymous, type Principal } from './access/principal.ts';
export { requestForLog, struckUrl } from './access/struck-url.ts';
export { type AccessToken, TokenBook } from './access/token-book.ts';
export type { JobApiOptions } from './api/api-instance.ts';
export { apiPrefix } from './api/api-prefix.ts';
export { jobApi } from './api/job-api.ts';
export type { DoorRecords, JobService, LogPart } from './job-service.ts';
export type { GalaxyOnAgents } from './pulsar/describe-job.ts';
export { pulsarDoor } from './pulsar/pulsar-door.ts';
export type { PulsarDoorOptions } from './pulsar/pulsar-options.ts';
export { pulsarVersion } from './pulsar/setup-answer.ts';
export { type StagingDoorOptions, stagingDoor } from './staging/staging-door.ts';
