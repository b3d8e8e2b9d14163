import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createCodec, RecordDecoder, type scheduler } from '@galaxy-mesos/mesos-client';
import { afterEach } from 'vitest';
import type { SchedulerStream } from '../src/scheduler/scheduler-exchange.ts';
import { ScriptedMaster, type ScriptedMasterOptions } from '../src/scripted-master.ts';
import { send as sendRequest } from './recording.ts';

/** Starts masters that are closed after the test. */
export function useMasters(): (options?: ScriptedMasterOptions) => Promise<ScriptedMaster> {
  const masters: ScriptedMaster[] = [];
  afterEach(async () => {
    for (const master of masters.splice(0).reverse()) await master.close();
  });
  return async (options) => {
    const master = await ScriptedMaster.listen(options);
    masters.push(master);
    return master;
  };
}

/** Encodes scheduler calls. */
export const calls = createCodec('json', 'mesos.v1.scheduler.Call');
/** Decodes scheduler events. */
const events = createCodec('json', 'mesos.v1.scheduler.Event');
/** Of the scheduler endpoint. */
export const path = '/api/v1/scheduler';
/** A framework that may be away for a minute. */
export const framework_info = { user: 'root', name: 'test', failover_timeout: 60 };
/** An event with more than ASCII in it. */
export const rescind: scheduler.Event = { type: 'RESCIND', rescind: { offer_id: { value: 'Größe 日本' } } };

/** Sends a scheduler call and resolves with the head of the answer. */
export function post(
  master: ScriptedMaster,
  call: scheduler.Call,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> {
  const request = { method: 'POST', path, headers: { 'Content-Type': 'application/json', ...headers } };
  return sendRequest(master.url, request, calls.encode(call));
}

/** A framework that subscribed: what arrives at its end, and its stream at the other. */
export interface Subscriber {
  readonly response: IncomingMessage;
  readonly stream: SchedulerStream;
  readonly chunks: Uint8Array[];
  call(call: scheduler.Call): Promise<IncomingMessage>;
}

/** Subscribes a framework, under an id or without. */
export async function subscribe(
  master: ScriptedMaster,
  id?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Subscriber> {
  const known = id === undefined ? {} : { id: { value: id } };
  const call: scheduler.Call = {
    type: 'SUBSCRIBE',
    ...(id !== undefined && { framework_id: { value: id } }),
    subscribe: { framework_info: { ...framework_info, ...known } },
  };
  const response = await post(master, call, headers);
  const chunks: Uint8Array[] = [];
  response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  response.on('error', () => {});
  const stream = await master.nextSubscription();
  const send = (one: scheduler.Call) =>
    post(
      master,
      { framework_id: { value: stream.frameworkId }, ...one },
      { 'Mesos-Stream-Id': stream.streamId },
    );
  return { response, stream, chunks, call: send };
}

/** The events in the bytes of a JSON stream. */
export function eventsOf(chunks: readonly Uint8Array[]): readonly scheduler.Event[] {
  const found: scheduler.Event[] = [];
  const decoder = new RecordDecoder((record) => found.push(events.decode(record)));
  for (const chunk of chunks) decoder.push(chunk);
  return found;
}

/** The types of the events in the bytes of a JSON stream. */
export const typesOf = (chunks: readonly Uint8Array[]) => eventsOf(chunks).map(({ type }) => type);

/** How a stream ended for the one that reads it. */
export async function endOf(response: IncomingMessage): Promise<'last chunk' | string> {
  const failed = once(response, 'error').then(([error]: { code?: string }[]) => error?.code ?? 'error');
  const ended = once(response, 'end').then(() => 'last chunk');
  return Promise.race([failed, ended]);
}
