import { setTimeout as sleep } from 'node:timers/promises';
import { JobServiceError, type TaskView } from '@galaxy-mesos/galaxy-jobs';
import type { JobService, LogPart } from '../job-service.ts';

/** Where in what an attempt writes. */
export interface LogPlace {
  readonly attemptId: string;
  /** Bytes that stand before. */
  readonly from: number;
}

/** Which log is followed, and how. */
export interface LogToFollow {
  readonly jobId: string;
  /** Default: the first task. */
  readonly taskId?: string;
  readonly stream: 'stdout' | 'stderr';
  /** How much of what was there before is told first. */
  readonly bytes: number;
  /** Only this attempt is followed; absent: the latest, and those that come after it. */
  readonly attemptId?: string;
  /** Where to begin in what that attempt writes, in place of `bytes` before its end. */
  readonly from?: number;
  /** How often is looked for more. */
  readonly intervalMilliseconds?: number;
}

/** As often as a person wants to see something new. */
const defaultInterval = 1000;
/** As much is held of one log. */
const pieceBytes = 256 * 1024;
/** A character of UTF-8 has at most so many bytes after its first. */
const mostContinuations = 3;

const anotherAttempt = Buffer.from('\n[galaxy-mesos: another attempt]\n');
const unreadable = Buffer.from('\n[galaxy-mesos: the rest cannot be read now]\n');

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;
const isUnavailable = (error: unknown): boolean =>
  error instanceof JobServiceError && error.code === 'UNAVAILABLE';

/** What a task writes, as it comes, every byte once; it is known by its place in the file. */
export class FollowedLog {
  readonly #jobs: JobService;
  readonly #log: LogToFollow;
  #place: LogPlace | undefined;
  /** The attempt that came after the one that is followed, which had written all it ever does by then. */
  #successor: string | undefined;

  constructor(jobs: JobService, log: LogToFollow) {
    this.#jobs = jobs;
    this.#log = log;
  }

  /**
   * Finds out where to begin; `undefined` before there is an attempt.
   * @throws JobServiceError `UNAVAILABLE` if that cannot be told now
   */
  async begin(): Promise<LogPlace | undefined> {
    const { attemptId = this.#attemptIds().at(-1), from, bytes } = this.#log;
    if (attemptId === undefined) return undefined;
    this.#place = { attemptId, from: from ?? (await this.#beforeEnd(attemptId, bytes)) };
    return this.#place;
  }

  /** All that comes until the job has ended, or another attempt has begun if only one is followed. */
  async *bytes(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { jobId, intervalMilliseconds = defaultInterval } = this.#log;
    const ended = new AbortController();
    const end = this.#jobs.ended(jobId, signal).finally(() => ended.abort());
    // How it failed is told below, where it is awaited.
    end.catch(() => {});
    for (;;) {
      // Looked at once more after the end.
      const isEnd = ended.signal.aborted;
      try {
        yield* this.#news();
      } catch (error) {
        // An agent may be away for a while.
        if (isEnd || !isUnavailable(error)) throw error;
      }
      if (isEnd || this.#successor !== undefined) break;
      await sleep(intervalMilliseconds, undefined, { signal: ended.signal }).catch(() => {});
    }
    if (ended.signal.aborted) await end;
  }

  async *#news(): AsyncGenerator<Uint8Array> {
    if (!this.#place && !(await this.begin())) return;
    for (;;) {
      const { attemptId } = this.#place ?? { attemptId: '' };
      // An attempt begins when the one before it writes nothing more; so it is asked for first.
      const attemptIds = this.#attemptIds();
      const next = attemptIds[attemptIds.indexOf(attemptId) + 1];
      yield* this.#rest(next !== undefined);
      if (this.#log.attemptId !== undefined) this.#successor = next;
      if (next === undefined || this.#log.attemptId !== undefined) return;
      yield anotherAttempt;
      this.#place = { attemptId: next, from: 0 };
    }
  }

  /** What the attempt has written and was not told; if it cannot be read and is of the past, says so. */
  async *#rest(isPast: boolean): AsyncGenerator<Uint8Array> {
    try {
      while (this.#place) {
        const { attemptId, from } = this.#place;
        const { bytes, size } = await this.#read(attemptId, from, pieceBytes);
        // A task may cut its own log, and begins anew then.
        if (size < from && size > 0) this.#place = { attemptId, from: 0 };
        else if (bytes.length === 0) return;
        else {
          this.#place = { attemptId, from: from + bytes.length };
          yield bytes;
        }
      }
    } catch (error) {
      if (!isPast || !isUnavailable(error)) throw error;
      yield unreadable;
    }
  }

  async #beforeEnd(attemptId: string, bytes: number): Promise<number> {
    const { size } = await this.#read(attemptId, 0, 0);
    const from = Math.max(0, size - bytes);
    if (from === 0) return 0;
    const { bytes: first } = await this.#read(attemptId, from, mostContinuations);
    const character = first.findIndex((byte) => !isContinuation(byte));
    return from + Math.max(0, character);
  }

  #read(attemptId: string, from: number, maximumBytes: number): Promise<LogPart> {
    const { jobId, stream } = this.#log;
    const taskId = this.#task()?.id ?? '';
    return this.#jobs.read(jobId, { taskId, attemptId, stream, from, maximumBytes });
  }

  #attemptIds(): readonly string[] {
    return this.#task()?.attempts.map(({ id }) => id) ?? [];
  }

  #task(): TaskView | undefined {
    const { jobId, taskId } = this.#log;
    const tasks = this.#jobs.tasks(jobId);
    return taskId === undefined ? tasks[0] : tasks.find(({ id }) => id === taskId);
  }
}
