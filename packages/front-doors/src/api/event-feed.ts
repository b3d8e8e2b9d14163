import type { JobEvent } from '@galaxy-mesos/galaxy-jobs';
import type { Principal } from '../access/principal.ts';
import type { JobService } from '../job-service.ts';

/** Whose events, of which job, from where on. */
export interface EventFeedQuery {
  readonly principal: Principal;
  /** Only events of this job. */
  readonly jobId?: string;
  /** The sequence number of the last event that is known; absent: only what happens from now on. */
  readonly after?: number;
}

/** Where events go. */
export interface EventSink {
  /** Whether more may be sent now; asked before each event. */
  readonly hasRoom: boolean;
  /** Resolves when there is room. */
  room(): Promise<void>;
  send(event: JobEvent): void;
}

/** Events read from the store at once. */
const pageSize = 500;

/** Whether somebody may see an event. */
export const isVisible = (event: JobEvent, { principal, jobId }: EventFeedQuery): boolean =>
  (principal.isAdmin || event.owner === principal.name) && (jobId === undefined || event.jobId === jobId);

/** Whether events behind `after` were thrown away, so that whoever goes on from there misses some. */
export async function isGone(jobs: JobService, after: number): Promise<boolean> {
  const [first] = await jobs.events({ after, limit: 1 });
  return after > 0 && first !== undefined && first.sequence > after + 1;
}

/**
 * Hands events on in order, each once: those of the past from the store, then those that happen. Who does not take
 * them fast enough is behind for a while, and is then served from the store again, so that nothing piles up here.
 * Ends when the signal is aborted.
 */
export async function feedEvents(
  jobs: JobService,
  query: EventFeedQuery,
  sink: EventSink,
  signal: AbortSignal,
): Promise<void> {
  let position = query.after;
  /** All up to `position` is sent, and what happens next can follow at once. */
  let isLive = position === undefined;
  let wake = () => {};

  const deliver = (event: JobEvent): void => {
    position = event.sequence;
    if (isVisible(event, query)) sink.send(event);
  };
  const stop = jobs.subscribe((event) => {
    position ??= event.sequence - 1;
    if (isLive && sink.hasRoom) deliver(event);
    else isLive = false;
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      if (isLive) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          // What happened since was looked at is not slept over.
          if (!isLive || signal.aborted) resolve();
        });
      } else {
        await catchUp();
      }
    }
  } finally {
    stop();
  }

  /** Sends a page from the store; when nothing is left of what has happened, what happens is live. */
  async function catchUp(): Promise<void> {
    // While the store is read something may happen that this reading does not tell of.
    let happened = false;
    wake = () => {
      happened = true;
    };
    const page = await jobs.events({ after: position ?? 0, limit: pageSize });
    for (const event of page) {
      if (!sink.hasRoom) await sink.room();
      if (signal.aborted) return;
      deliver(event);
    }
    isLive = page.length === 0 && !happened;
  }
}
