import { Readable } from 'node:stream';
import type { Codec } from '../codec/codec.ts';
import type { Call } from '../gen/agent.ts';
import type { ContainerID } from '../gen/mesos.ts';
import { openConnection } from '../http/connection.ts';
import { readWords, sendAuthorized } from '../http/post.ts';
import { linkAbort } from '../linked-abort.ts';
import { type ContainerInputSource, inputBody } from './container-input.ts';
import type { OperatorChannel } from './operator-channel.ts';
import { refusalError, requestError, stopped } from './operator-errors.ts';
import type { Abortable } from './operator-options.ts';

const callType = 'ATTACH_CONTAINER_INPUT';
const defaultHeartbeatMilliseconds = 30_000;
/** A container that does not read holds up the end of its input; whoever wants to leave does not wait longer. */
const endingMilliseconds = 1_000;

/** Input for a container. */
export interface InputRequest extends Abortable {
  readonly containerId: ContainerID;
  readonly source: ContainerInputSource;
  readonly heartbeatMilliseconds?: number;
  readonly sendEndOfInput?: boolean;
}

/** Passes on all of the source over a connection of its own. Throws what the source throws, and MesosError. */
export async function attachInput(channel: OperatorChannel, url: URL, request: InputRequest): Promise<void> {
  const scope = channel.link(request.signal);
  try {
    await attach(channel, url, request, scope.signal);
  } finally {
    scope.release();
  }
}

async function attach(
  channel: OperatorChannel,
  url: URL,
  request: InputRequest,
  signal: AbortSignal,
): Promise<void> {
  // What was taken from the source is gone where the request is refused for its credential or finds nobody: asking
  // something else first gets a credential renewed that has run out.
  await channel.ask({ type: 'GET_HEALTH' }, signal);
  const over = linkAbort(signal);
  let trouble: { readonly error: unknown } | undefined;
  const body = inputBody({
    containerId: request.containerId,
    source: request.source,
    codec: channel.callCodec as Codec<Call>,
    heartbeatMilliseconds: request.heartbeatMilliseconds ?? defaultHeartbeatMilliseconds,
    sendEndOfInput: request.sendEndOfInput ?? true,
    signal: over.signal,
    onSourceFailure: (error) => {
      trouble = { error };
    },
  });
  const lastMoment = lastMomentAfter(signal);
  try {
    // One record ahead, no more: the rest waits in the source.
    await send(channel, url, Readable.from(body, { highWaterMark: 1 }), lastMoment.signal);
  } catch (error) {
    if (!trouble && !signal.aborted) throw error;
  } finally {
    lastMoment.cancel();
    over.release();
    over.abort();
    await body.return();
  }
  if (trouble) throw trouble.error;
  if (signal.aborted) throw stopped(signal, callType);
}

/** Fires a while after the signal: until then the request may end in good order. */
function lastMomentAfter(signal: AbortSignal): { readonly signal: AbortSignal; cancel(): void } {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    timer = setTimeout(() => end.abort(signal.reason), endingMilliseconds);
  };
  if (signal.aborted) wait();
  signal.addEventListener('abort', wait, { once: true });
  return {
    signal: end.signal,
    cancel: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wait);
    },
  };
}

async function send(channel: OperatorChannel, url: URL, body: Readable, signal: AbortSignal): Promise<void> {
  const client = openConnection(url.origin, channel.connection);
  try {
    const post = (authorization: Readonly<Record<string, string>>) =>
      client.request({
        method: 'POST',
        path: url.pathname,
        headers: {
          'content-type': 'application/recordio',
          'message-content-type': channel.callCodec.contentType,
          accept: channel.callCodec.contentType,
          ...authorization,
        },
        body,
        signal,
        // The answer comes when all input has been taken.
        headersTimeout: 0,
      });
    const response = await sendAuthorized(channel.authorizer, callType, post, signal);
    const text = await readWords(response);
    const { statusCode: status } = response;
    if (status === 200 || hasContainerEnded(status, text)) return;
    throw refusalError('agent', { callType, url }, { status, text });
  } catch (cause) {
    throw requestError(cause, { callType, url, signal });
  } finally {
    await client.destroy();
  }
}

/**
 * Where a container ends while it is attached to, Mesos 1.11.0 answers with 200 or with this, as it happens. Agents that
 * recover say so in words of their own.
 */
function hasContainerEnded(status: number, text: string): boolean {
  return status === 503 && text === '503 Service Unavailable.';
}
