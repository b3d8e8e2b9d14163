/**
 * A scripted Mesos master that misbehaves on command.
 *
 * @module
 */
export type { Exchange } from './calls/exchange.ts';
export type { Hold, Orders } from './calls/rules.ts';
export { EventStream, record } from './event-stream.ts';
export type { Credentials } from './http/authentication.ts';
export type { TlsOptions } from './http/http-front.ts';
export type { ReceivedRequest } from './http/received-request.ts';
export type { SchedulerExchange, SchedulerStream } from './scheduler/scheduler-exchange.ts';
export { ScriptedMaster, type ScriptedMasterOptions } from './scripted-master.ts';
export type { LocationForm } from './standing.ts';
