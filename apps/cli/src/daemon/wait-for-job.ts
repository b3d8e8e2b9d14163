import { ClientError, type DaemonClient } from '@galaxy-mesos/front-doors/client';
import { isEnded, type JobView } from '@galaxy-mesos/galaxy-jobs';

/**
 * Resolves with a job when it has ended; `undefined` if the signal was aborted before. Goes on over breaks of the
 * connection and over new starts of the daemon.
 * @throws ClientError
 */
export async function waitForJob(
  daemon: DaemonClient,
  jobId: string,
  onChange: (view: JobView, time: number) => void,
  signal: AbortSignal,
): Promise<JobView | undefined> {
  const stop = new AbortController();
  let ended: JobView | undefined;
  let shown = '';
  let failure: unknown;
  let looking: Promise<void> = Promise.resolve();

  function see(view: JobView, time: number): void {
    const text = JSON.stringify(view);
    if (text !== shown) onChange(view, time);
    shown = text;
    if (!isEnded(view.state)) return;
    ended = view;
    stop.abort();
  }

  // Between being submitted and being listened for, or over a break, something may have happened unheard.
  async function look(): Promise<void> {
    try {
      const view = await daemon.job(jobId);
      see(view, view.endedAt ?? view.startedAt ?? view.createdAt);
    } catch (error) {
      failure = error;
      stop.abort();
    }
  }

  const events = daemon.events({
    jobId,
    signal: AbortSignal.any([stop.signal, signal]),
    connected(isGapless) {
      if (!isGapless) looking = looking.then(look);
    },
  });
  for await (const event of events) {
    if (event.type === 'job') see(event.job, event.time);
    if (event.type === 'removed') {
      throw new ClientError('UNKNOWN_JOB', `job ${jobId} was removed before it had ended`);
    }
    if (stop.signal.aborted) break;
  }
  await looking;
  if (failure !== undefined && !signal.aborted) throw failure;
  return ended;
}
