import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { JobService } from '../job-service.ts';
import { eventCloseCodes } from './event-close-codes.ts';
import { type EventFeedQuery, type EventSink, feedEvents, isGone } from './event-feed.ts';

/** For tests to be quick. */
export interface EventSocketTimes {
  /** How often is asked whether the other side is still there; none that does not answer until the next time is kept. */
  readonly pingMilliseconds: number;
  /** How long somebody may take nothing while there is more. */
  readonly stalledMilliseconds: number;
}

/** Below what routers and proxies let a silent connection be. */
export const defaultTimes: EventSocketTimes = { pingMilliseconds: 20_000, stalledMilliseconds: 60_000 };

/** More than one page of events from the store; nothing more is held for one reader. */
const roomBytes = 1024 * 1024;

/** What one reader is served from. */
interface EventSource {
  readonly jobs: JobService;
  readonly closing: AbortSignal;
  readonly times: EventSocketTimes;
  /** See `FastifyRequest.dismissal`. */
  dismissal(over: AbortSignal): AbortSignal;
}

/** Sends events to one reader until either side has enough. Answers what went wrong, if that is for the log. */
export async function serveEvents(
  webSocket: WebSocket,
  socket: Socket,
  query: EventFeedQuery,
  { jobs, closing, times, dismissal }: EventSource,
): Promise<unknown> {
  const gone = new AbortController();
  webSocket.once('close', () => gone.abort());
  const dismissed = dismissal(gone.signal);
  // A broken connection closes, too, and that is all there is to it.
  webSocket.on('error', () => {});
  const stopPings = keepAlive(webSocket, times.pingMilliseconds);
  try {
    if (query.after !== undefined && (await isGone(jobs, query.after))) {
      webSocket.close(eventCloseCodes.gone, `events after ${query.after} are not kept any more`);
      return undefined;
    }
    const sink = sinkOf(webSocket, socket, times.stalledMilliseconds, gone);
    await feedEvents(jobs, query, sink, AbortSignal.any([gone.signal, closing, dismissed]));
    if (dismissed.aborted) webSocket.close(eventCloseCodes.dismissed, 'the token is not known any more');
    else webSocket.close(eventCloseCodes.goingAway, 'the daemon stops');
    return undefined;
  } catch (error) {
    webSocket.close(eventCloseCodes.internal, 'events cannot be read now');
    return error;
  } finally {
    stopPings();
  }
}

function sinkOf(
  webSocket: WebSocket,
  socket: Socket,
  stalledMilliseconds: number,
  gone: AbortController,
): EventSink {
  let sent = 0;
  return {
    get hasRoom() {
      return webSocket.bufferedAmount < roomBytes;
    },
    async room() {
      try {
        const stalled = AbortSignal.timeout(stalledMilliseconds);
        await once(socket, 'drain', { signal: AbortSignal.any([gone.signal, stalled]) });
      } catch {
        // Either it has gone, and closing does nothing, or it takes nothing: what is queued comes before this.
        webSocket.close(eventCloseCodes.tooSlow, `too slow: come again with after=${sent}`);
        gone.abort();
      }
    },
    send(event) {
      sent = event.sequence;
      webSocket.send(JSON.stringify(event));
    },
  };
}

/** Ends a connection whose other side has gone without a word. */
function keepAlive(webSocket: WebSocket, milliseconds: number): () => void {
  let isThere = true;
  webSocket.on('pong', () => {
    isThere = true;
  });
  const timer = setInterval(() => {
    if (!isThere) webSocket.terminate();
    isThere = false;
    webSocket.ping();
  }, milliseconds);
  return () => clearInterval(timer);
}
