import type { Client, Dispatcher } from 'undici';
import { describeFailure, openConnection } from '../http/connection.ts';
import { maximumRedirects, resolveRedirect } from '../http/redirect.ts';
import { MesosError } from '../mesos-error.ts';
import { subscribeError } from './answers.ts';

/** The answer to SUBSCRIBE: an endless body on a connection of its own. */
export interface EventStream {
  /** Where the leader's endpoint is, after redirects. */
  readonly url: URL;
  readonly streamId: string;
  readonly body: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface SubscribeRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds for connecting, and as much again for the head of the answer. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

type Response = Dispatcher.ResponseData;

function header(response: Response, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function post(client: Client, url: URL, request: SubscribeRequest): Promise<Response> {
  const { headers, body, signal } = request;
  try {
    return await client.request({ method: 'POST', path: url.pathname, headers, body, signal });
  } catch (cause) {
    throw new MesosError('CONNECTION_LOST', `${url.origin}: ${describeFailure(cause)}`, {
      callType: 'SUBSCRIBE',
      cause,
    });
  }
}

function streamOf(client: Client, url: URL, response: Response): EventStream {
  const streamId = header(response, 'mesos-stream-id');
  if (streamId === undefined)
    throw new MesosError('UNEXPECTED_ANSWER', `${url.origin} answers, but not as a Mesos master does`, {
      status: response.statusCode,
    });
  return { url, streamId, body: response.body, close: () => client.destroy() };
}

/** Undefined where the answer was a redirect, else the stream. */
async function openOnce(url: URL, request: SubscribeRequest): Promise<EventStream | URL> {
  const client = openConnection(url.origin, { timeout: request.timeout });
  try {
    const response = await post(client, url, request);
    if (response.statusCode === 200) return streamOf(client, url, response);
    const text = await response.body.text();
    if (response.statusCode !== 307) throw subscribeError({ status: response.statusCode, text }, url.origin);
    const target = resolveRedirect(header(response, 'location'), url);
    await client.destroy();
    return target;
  } catch (error) {
    await client.destroy();
    throw error;
  }
}

/** Subscribes at a master or, if it does not lead, at the one that it redirects to. Throws MesosError. */
export async function openEventStream(master: URL, request: SubscribeRequest): Promise<EventStream> {
  let url = new URL('/api/v1/scheduler', master);
  const path = [url.origin];
  for (let hop = 0; hop <= maximumRedirects; hop++) {
    const result = await openOnce(url, request);
    if (!(result instanceof URL)) return result;
    url = result;
    path.push(url.origin);
  }
  throw new MesosError('REDIRECT_LOOP', `masters redirect without end: ${path.join(' -> ')}`, {
    status: 307,
  });
}
