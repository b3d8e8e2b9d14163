import type { JobEvent } from '@galaxy-mesos/galaxy-jobs';
import type { ClientError } from './client-error.ts';
import { ComingAgain } from './coming-again.ts';
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

/**
 * Events as they happen, each once and in order. A connection that breaks is made again, and what was missed is
 * caught up on; so a daemon may be started anew meanwhile.
 * @throws ClientError if there is no daemon from the beginning, it refuses, or events that are missing are not kept
 *   any more (`EVENTS_GONE`)
 */
export async function* eventStream(source: EventSource, options: EventOptions): AsyncGenerator<JobEvent> {
  const { signal, jobId, connected, interrupted } = options;
  const again = new ComingAgain(signal, interrupted);
  let after = options.after;
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
      await again.after(error);
      continue;
    }
    again.there();
    connected?.(after !== undefined);
    for await (const event of connection.events()) {
      after = event.sequence;
      yield event;
    }
    connection.checkEnd();
    await again.pause();
  }
}
