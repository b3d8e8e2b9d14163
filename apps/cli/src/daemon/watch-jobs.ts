import type { DaemonClient } from '@galaxy-mesos/front-doors/client';
import type { JobEvent, JobView } from '@galaxy-mesos/galaxy-jobs';
import { JobBoard } from './job-board.ts';
import { jobLine } from './job-text.ts';

/** How events are shown. */
export interface EventDisplay {
  /** Jobs as they stand at the beginning, and after a break of which no events tell. */
  stand(views: readonly JobView[]): void;
  event(event: JobEvent): void;
  close(): void;
}

interface Output {
  write(text: string): unknown;
}

/** A terminal. */
interface Screen extends Output {
  readonly rows?: number;
  readonly columns?: number;
}

/** One event a line, as it came. */
export const jsonDisplay = (output: Output): EventDisplay => ({
  stand: () => {},
  event: (event) => output.write(`${JSON.stringify(event)}\n`),
  close: () => {},
});

/** One line for each change of a job. */
export const lineDisplay = (output: Output): EventDisplay => ({
  stand(views) {
    for (const view of views) output.write(`${jobLine(view, view.startedAt ?? view.createdAt)}\n`);
  },
  event(event) {
    if (event.type === 'job') output.write(`${jobLine(event.job, event.time)}\n`);
  },
  close: () => {},
});

/** Often enough for a person, and seldom enough for a line over the ocean. */
const redrawMilliseconds = 250;

/** A table that is drawn anew in its place; `now` tells the time. */
export function tableDisplay(screen: Screen, now: () => number): EventDisplay {
  const board = new JobBoard();
  let drawnLines = 0;
  let isStale = false;
  let lastDrawn = 0;

  function draw(): void {
    const text = board.text(now(), { rows: screen.rows ?? 24, columns: screen.columns ?? 80 });
    // Up to where the table begins, and from there all away.
    const up = drawnLines > 0 ? `\u001b[${drawnLines}A\r\u001b[0J` : '';
    screen.write(`${up}${text}\n`);
    drawnLines = text.split('\n').length;
    isStale = false;
    lastDrawn = now();
  }

  // Also while nothing happens: times go on.
  const timer = setInterval(() => {
    if (isStale || now() - lastDrawn >= 1000) draw();
  }, redrawMilliseconds);
  return {
    stand(views) {
      for (const view of views) board.show(view);
      draw();
    },
    event(event) {
      if (event.type === 'job') board.show(event.job);
      if (event.type === 'removed') board.remove(event.jobId);
      isStale = true;
    },
    close() {
      clearInterval(timer);
      if (isStale) draw();
    },
  };
}

/**
 * Shows what happens to all jobs until the signal is aborted.
 * @throws ClientError
 */
export async function watchJobs(
  daemon: DaemonClient,
  display: EventDisplay,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  let failure: unknown;
  async function stand(): Promise<void> {
    try {
      const states = ['new', 'queued', 'running', 'paused'] as const;
      display.stand(await Array.fromAsync(daemon.jobs({ states })));
    } catch (error) {
      failure = error;
      failed.abort();
    }
  }
  let standing: Promise<void> = Promise.resolve();
  try {
    const events = daemon.events({
      signal: AbortSignal.any([signal, failed.signal]),
      connected(isGapless) {
        if (!isGapless) standing = stand();
      },
    });
    for await (const event of events) {
      await standing;
      display.event(event);
    }
    await standing;
  } finally {
    display.close();
  }
  if (failure !== undefined && !signal.aborted) throw failure;
}
