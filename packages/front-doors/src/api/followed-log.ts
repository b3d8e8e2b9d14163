import { setTimeout as sleep } from 'node:timers/promises';
import type { JobService } from '../job-service.ts';
import { newText } from './new-text.ts';

/** Which log is followed, and how. */
export interface FollowedLog {
  readonly jobId: string;
  readonly taskId?: string;
  readonly stream: 'stdout' | 'stderr';
  /** How much of what was there before is told first. */
  readonly bytes: number;
  /** How often is looked for more. */
  readonly intervalMilliseconds?: number;
}

/** As often as a person wants to see something new. */
const defaultInterval = 1000;
/** What may be added between two looks without a gap. */
const window = 1024 * 1024;

const gap = '\n[galaxy-mesos: more was written at once than is shown here]\n';
/** The whole text is seen, and it is another one. */
const anotherAttempt = '\n[galaxy-mesos: another attempt]\n';

/**
 * What a task writes, as it comes, until its job has ended; first the end of what there is. Where more came at once
 * than can be looked at, or another attempt began, a line says so.
 */
export async function* followedLog(
  jobs: JobService,
  { jobId, taskId, stream, bytes, intervalMilliseconds = defaultInterval }: FollowedLog,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const tail = (maximumBytes: number) =>
    jobs.tail(jobId, { stream, maximumBytes, ...(taskId !== undefined && { taskId }) });
  const ended = new AbortController();
  const end = jobs.ended(jobId, signal).finally(() => ended.abort());
  // How it failed is told below, where it is awaited.
  end.catch(() => {});
  let seen = await tail(Math.max(bytes, window));
  const first = Buffer.from(seen);
  yield first.subarray(Math.max(0, first.length - bytes)).toString();
  while (!ended.signal.aborted) {
    await sleep(intervalMilliseconds, undefined, { signal: ended.signal }).catch(() => {});
    // Looked at once more after the end.
    const now = await tail(window);
    const { text, isContinued } = newText(seen, now);
    if (!isContinued) yield Buffer.byteLength(now) < window ? anotherAttempt : gap;
    if (text !== '') yield text;
    seen = now;
  }
  await end;
}
