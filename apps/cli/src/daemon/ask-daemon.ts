import { ClientError, type DaemonClient } from '@galaxy-mesos/front-doors/client';
import { UsageError } from '../usage-error.ts';
import { type ConnectionOptions, connect } from './connection.ts';
import { daemonFailureText } from './daemon-failure.ts';

/**
 * Asks the daemon that the options name, or else the environment. What goes wrong is said in the words of this command;
 * `unreachable` is what to do if no daemon is there.
 * @throws UsageError if the daemon does not take what it was given, or Error
 */
export async function askDaemon<T>(
  options: ConnectionOptions,
  ask: (daemon: DaemonClient) => Promise<T>,
  unreachable?: string,
): Promise<T> {
  const { daemon, hasToken } = connect(options, process.env);
  try {
    return await ask(daemon);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const text = daemonFailureText(error, { url: daemon.url, hasToken, unreachable });
    throw error.code === 'BAD_REQUEST'
      ? new UsageError(text, { cause: error })
      : new Error(text, { cause: error });
  }
}
