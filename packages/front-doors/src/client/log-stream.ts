import { isEnded, type JobView, type TaskView } from '@galaxy-mesos/galaxy-jobs';
import { logHeaders } from '../api/log-headers.ts';
import { ClientError } from './client-error.ts';
import { ComingAgain } from './coming-again.ts';
import { brokenOff, type Result } from './responses.ts';

/** How a followed log ends, and what is told of breaks. */
export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Called with the reason each time the connection has to be made again, before the next try. */
  readonly interrupted?: (error: ClientError) => void;
}

/** Whom a log is asked of. */
export interface LogSource {
  readonly url: string;
  readonly jobId: string;
  readonly taskId: string | undefined;
  job(): Promise<JobView>;
  tasks(): Promise<readonly TaskView[]>;
  /** Asks for what an attempt writes, from a place on; without one, from near its end. */
  follow(attemptId: string, from: number | undefined): Promise<Result>;
}

/** How often is looked whether an attempt has begun. */
const lookMilliseconds = 1000;

const anotherAttempt = '\n[galaxy-mesos: another attempt]\n';

/**
 * What a task writes, as it comes, until its job has ended, every byte once. A connection that breaks is made again, so
 * that a daemon may be started anew meanwhile.
 * @throws ClientError
 */
export async function* logStream(
  source: LogSource,
  { signal, interrupted }: FollowOptions,
): AsyncGenerator<string> {
  const again = new ComingAgain(signal, interrupted);
  let reader: AttemptReader | undefined;
  while (!signal?.aborted) {
    try {
      const next = await nextReader(source, reader);
      again.there();
      if (next === 'ended') return;
      if (next === 'none yet') await again.pause(lookMilliseconds);
      else {
        if (reader && next !== reader) yield anotherAttempt;
        reader = next;
        yield* reader.text();
      }
    } catch (error) {
      if (signal?.aborted) return;
      await again.after(error);
    }
  }
}

/** What is read next: the attempt whose log broke off, the one after it, or at first the latest. */
async function nextReader(
  source: LogSource,
  reader: AttemptReader | undefined,
): Promise<AttemptReader | 'none yet' | 'ended'> {
  if (reader && !reader.isDone) return reader;
  // Asked first: an attempt that begins later is one of a job that has not ended.
  const { state } = await source.job();
  const ids = attemptIds(source, await source.tasks());
  const next = reader ? ids[ids.indexOf(reader.attemptId) + 1] : ids.at(-1);
  if (next !== undefined) return new AttemptReader(source, next, reader && 0);
  return isEnded(state) ? 'ended' : 'none yet';
}

function attemptIds({ jobId, taskId }: LogSource, tasks: readonly TaskView[]): readonly string[] {
  const task = taskId === undefined ? tasks[0] : tasks.find(({ id }) => id === taskId);
  if (!task && taskId !== undefined) {
    throw new ClientError('NOT_FOUND', `job ${jobId} has no task ${JSON.stringify(taskId)}`);
  }
  return task?.attempts.map(({ id }) => id) ?? [];
}

/** Reads what one attempt writes, and knows how far it came. */
class AttemptReader {
  readonly attemptId: string;
  readonly #source: LogSource;
  readonly #decoder = new TextDecoder();
  #from: number | undefined;
  /** The attempt has written all that it will, or the job has ended. */
  isDone = false;

  constructor(source: LogSource, attemptId: string, from: number | undefined) {
    this.#source = source;
    this.attemptId = attemptId;
    this.#from = from;
  }

  async *text(): AsyncGenerator<string> {
    const { data, response } = await this.#source.follow(this.attemptId, this.#from);
    this.#from = Number(response.headers.get(logHeaders.from) ?? this.#from ?? 0);
    if (data instanceof ReadableStream) {
      for await (const bytes of this.#pieces(data)) {
        this.#from += bytes.length;
        yield this.#decoder.decode(bytes, { stream: true });
      }
    }
    this.isDone = true;
  }

  async *#pieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* stream;
    } catch (error) {
      throw brokenOff(this.#source.url, error);
    }
  }
}
