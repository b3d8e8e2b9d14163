import { ClientError, type DaemonClient } from '@galaxy-mesos/front-doors/client';
import { nearest } from '@galaxy-mesos/galaxy-jobs';

/** Whom was asked, and how. */
export interface Asked {
  readonly url: string;
  readonly hasToken: boolean;
  /** What to do if nobody is there. */
  readonly unreachable?: string | undefined;
}

const startOne = 'start one with `galaxy-mesos daemon`, or name another one: --daemon URL';

/** What a person is told of an error of a daemon's client: what happened, and what to do. */
export function daemonFailureText(error: ClientError, asked: Asked): string {
  const { code, message, problem } = error;
  const { url, hasToken, unreachable = startOne } = asked;
  switch (code) {
    case 'UNREACHABLE':
      return `${message}; ${unreachable}`;
    case 'UNAUTHORIZED':
      return hasToken
        ? `the daemon at ${url} does not know this token: compare it with "tokens" in its configuration`
        : `the daemon at ${url} asks for a token: give it by --token-file FILE, or GALAXY_MESOS_TOKEN`;
    case 'NOT_A_DAEMON':
      return `${message}; look at --daemon, and whether both are of the same version`;
    case 'NO_SUCH_ROUTE':
      return `${message}; look whether --daemon ${url} is all of its address and nothing more, and whether both are of the same version`;
    case 'EVENTS_GONE':
      return `${message}; begin anew`;
    default:
      return problem?.errors?.map(({ field, message: text }) => `${field}: ${text}`).join('\n') ?? message;
  }
}

/**
 * Does something with a job, and guesses which one was meant if there is none of its id.
 * @throws ClientError
 */
export async function withJob<T>(
  daemon: DaemonClient,
  jobId: string,
  act: (jobId: string) => Promise<T>,
): Promise<T> {
  try {
    return await act(jobId);
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'UNKNOWN_JOB') throw error;
    throw new ClientError('UNKNOWN_JOB', `${error.message}${await guess(daemon, jobId)}`, { cause: error });
  }
}

/** What is wrong with one job, while others may be as they should. */
const ofOneJob: ReadonlySet<string> = new Set(['UNKNOWN_JOB', 'WRONG_STATE']);

/**
 * Does something with each of some jobs. One with which that cannot be done is told of, and the others are gone on with;
 * answers whether all went well.
 * @throws ClientError if there is nobody to go on with
 */
export async function withEachJob(
  daemon: DaemonClient,
  jobIds: readonly string[],
  stderr: { write(text: string): unknown },
  act: (jobId: string) => Promise<void>,
): Promise<boolean> {
  let isWell = true;
  for (const jobId of jobIds) {
    try {
      await withJob(daemon, jobId, act);
    } catch (error) {
      if (!(error instanceof ClientError) || !ofOneJob.has(error.code)) throw error;
      stderr.write(`galaxy-mesos: ${error.message}\n`);
      isWell = false;
    }
  }
  return isWell;
}

async function guess(daemon: DaemonClient, jobId: string): Promise<string> {
  const ids: string[] = [];
  for await (const { id } of daemon.jobs()) ids.push(id);
  if (ids.length === 0) return '; there are no jobs';
  const begun = ids.filter((id) => id.startsWith(jobId));
  const meant = begun.length > 0 ? begun.slice(-3).join(', ') : nearest(jobId, ids);
  return meant === undefined ? '; `galaxy-mesos jobs ls` lists all' : `; did you mean ${meant}?`;
}
