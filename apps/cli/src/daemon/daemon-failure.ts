import { ClientError, type DaemonClient } from '@galaxy-mesos/front-doors/client';
import { nearest } from '@galaxy-mesos/galaxy-jobs';

/** What to do about an error that the daemon's own advice does not tell, or tells for programs. */
const advice: Readonly<Record<string, string>> = {
  UNREACHABLE: 'start one with `galaxy-mesos daemon`, or name another one: --daemon URL',
  UNAUTHORIZED: 'give its token: --token-file FILE, or GALAXY_MESOS_TOKEN',
  NOT_A_DAEMON: 'look at --daemon, and whether both are of the same version',
  EVENTS_GONE: 'begin anew',
};

const untrusted = 'if its authority is one of your own, name that: NODE_EXTRA_CA_CERTS=FILE';

/** What a person is told of an error of a daemon's client: what happened, and what to do. */
export function daemonFailureText({ code, message, problem }: ClientError): string {
  const lines = problem?.errors?.map(({ field, message: text }) => `${field}: ${text}`) ?? [];
  const what = lines.length > 0 ? lines.join('\n') : message;
  const isUntrusted = code === 'UNREACHABLE' && /certificate/i.test(message);
  const todo = isUntrusted ? untrusted : advice[code];
  return todo === undefined ? what : `${what}; ${todo}`;
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

async function guess(daemon: DaemonClient, jobId: string): Promise<string> {
  const ids: string[] = [];
  for await (const { id } of daemon.jobs()) ids.push(id);
  if (ids.length === 0) return '; there are no jobs';
  const begun = ids.filter((id) => id.startsWith(jobId));
  const meant = begun.length > 0 ? begun.slice(-3).join(', ') : nearest(jobId, ids);
  return meant === undefined ? '; `galaxy-mesos jobs ls` lists all' : `; did you mean ${meant}?`;
}
