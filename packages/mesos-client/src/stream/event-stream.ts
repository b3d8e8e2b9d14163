import {
  type Connection,
  type ConnectionOptions,
  describeFailure,
  openConnection,
  tlsSetting,
  wasClosedByServer,
} from '../http/connection.ts';
import type { Authorizer } from '../http/credential.ts';
import { headerOf, type Response, readWords, sendAuthorized } from '../http/post.ts';
import { maximumRedirects, resolveRedirect } from '../http/redirect.ts';
import type { AddressRewrite } from '../leader/master-detector.ts';
import { MesosError } from '../mesos-error.ts';

/** An answer that goes on for as long as it likes, on a connection of its own. */
export interface EventStream {
  /** Where the endpoint is, after redirects. */
  readonly url: URL;
  /** Of the answer's `Mesos-Stream-Id`, which only schedulers are given. */
  readonly streamId: string | undefined;
  /** Reading it slowly holds up the server: nothing is buffered but what the socket holds. */
  readonly body: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** An answer that is not a success. */
export interface Refusal {
  readonly status: number;
  /** The words in its body. */
  readonly text: string;
}

/** A request that is answered by a stream. */
export interface StreamRequest {
  readonly callType: string;
  /** Content-Type, Accept and the like. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly connection: ConnectionOptions;
  readonly authorizer: Authorizer;
  readonly signal: AbortSignal;
  readonly rewrite?: AddressRewrite | undefined;
  /** The error for an answer that is neither the stream nor a redirect. */
  readonly refused: (refusal: Refusal, from: string) => MesosError;
}

async function post(client: Connection, url: URL, request: StreamRequest): Promise<Response> {
  const { callType, body, signal } = request;
  try {
    const send = (authorization: Readonly<Record<string, string>>) =>
      client.request({
        method: 'POST',
        path: url.pathname,
        headers: { ...request.headers, ...authorization },
        body,
        signal,
      });
    return await sendAuthorized(request.authorizer, callType, send, signal);
  } catch (cause) {
    if (cause instanceof MesosError) throw cause;
    const setting = tlsSetting(cause);
    const details = { callType, cause, ...(setting !== undefined && { setting }) };
    const code = setting === undefined ? 'CONNECTION_LOST' : 'TLS_REFUSED';
    throw new MesosError(code, `${url.origin}: ${describeFailure(cause)}${hintOf(url, cause)}`, details);
  }
}

/** With TLS 1.3 a client hears nothing but the end of the connection where its certificate is missing or refused. */
function hintOf(url: URL, cause: unknown): string {
  return url.protocol === 'https:' && wasClosedByServer(cause)
    ? ' (perhaps it speaks no TLS: is it http? Or it wants another client certificate: see `tls.cert`)'
    : '';
}

/** A URL where the answer was a redirect. */
async function openOnce(url: URL, request: StreamRequest): Promise<EventStream | URL> {
  const client = openConnection(url.origin, request.connection);
  try {
    const response = await post(client, url, request);
    const streamId = headerOf(response, 'mesos-stream-id');
    if (response.statusCode === 200)
      return { url, streamId, body: response.body, close: () => client.destroy() };
    const text = await readWords(response);
    if (response.statusCode !== 307) throw request.refused({ status: response.statusCode, text }, url.origin);
    const target = resolveRedirect(headerOf(response, 'location'), url, request.rewrite);
    await client.destroy();
    return target;
  } catch (error) {
    await client.destroy();
    throw error;
  }
}

/** Asks for a stream here or, if this master does not lead, where it redirects to. Throws MesosError. */
export async function openEventStream(start: URL, request: StreamRequest): Promise<EventStream> {
  let url = start;
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
