import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent } from '@galaxy-mesos/galaxy-jobs';
import { ClientError } from './client-error.ts';
import { EventConnection, type EventSource } from './event-connection.ts';

/** Which events are wanted. */
export interface EventOptions {
  /** The sequence number of the last event that is known; absent: only what happens from now on. */
  readonly after?: number;
  /** Only events of this job. */
  readonly jobId?: string;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /**
   * Called each time a connection is there. `isGapless` is false if something may have happened that no event tells
   * of: at the first time without `after`, and after a break before which no event had come. Who keeps a picture of
   * jobs asks for them anew then.
   */
  readonly connected?: (isGapless: boolean) => void;
  /** Called with the reason each time a connection could not be made again, before the next try. */
  readonly interrupted?: (error: ClientError) => void;
}

const firstWait = 250;
/** Long enough not to wear out a daemon that is just being started, short enough to be there soon after. */
const longestWait = 10_000;

/** What may be over by the next try: a daemon that is started anew, a proxy before it that says so. */
const passing: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'UNAVAILABLE',
  'NOT_A_DAEMON',
  'TOO_MANY_REQUESTS',
]);

/**
 * Events as they happen, each once and in order. A connection that breaks is made again, and what was missed is
 * caught up on; so a daemon may be started anew meanwhile.
 * @throws ClientError if there is no daemon from the beginning, it refuses, or events that are missing are not kept
 *   any more (`EVENTS_GONE`)
 */
export async function* eventStream(source: EventSource, options: EventOptions): AsyncGenerator<JobEvent> {
  const { signal, jobId, connected, interrupted } = options;
  let after = options.after;
  let isFirst = true;
  let wait = 0;
  while (!signal?.aborted) {
    const query = {
      ...(after !== undefined && { after: String(after) }),
      ...(jobId !== undefined && { job: jobId }),
    };
    const connection = new EventConnection(source, query, signal);
    try {
      await connection.open();
    } catch (error) {
      if (signal?.aborted) return;
      if (isFirst || !(error instanceof ClientError) || !passing.has(error.code)) throw error;
      interrupted?.(error);
      wait = Math.min(longestWait, wait * 2 || firstWait);
      await pause(wait, signal);
      continue;
    }
    isFirst = false;
    wait = 0;
    connected?.(after !== undefined);
    for await (const event of connection.events()) {
      after = event.sequence;
      yield event;
    }
    connection.checkEnd();
    await pause(firstWait, signal);
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  // Cut short, the loop above ends by itself.
  await sleep(milliseconds, undefined, { ...(signal && { signal }) }).catch(() => {});
}
