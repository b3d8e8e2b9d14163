/**
 * The doors through which jobs come in: Fastify plugins over a port that whoever runs jobs implements.
 *
 * @module
 */
export { anonymous, type Principal } from './access/principal.ts';
export type { DoorRecords, JobQuery, JobService, StagedJob } from './job-service.ts';
