import { QueueClusterError } from '../queue-cluster-error.ts';

/**
 * How an agent is told of a master that is there already: `HOST:PORT`, `zk://…`, or `file:///…`. Agents know no `https`: whether
 * they speak TLS, `LIBPROCESS_SSL_ENABLED` in the lines of `setup` tells them.
 * @throws QueueClusterError `INVALID_DEFINITION` for what no agent can find a master by.
 */
export function masterOfUrl(url: string): string {
  // No password, which agents would be told in a command line: see the form with a file.
  if (/^zk:\/\/[A-Za-z0-9._,:/-]+$/.test(url) || /^file:\/\/\/[A-Za-z0-9._/-]+$/.test(url)) return url;
  const [, host, port = '5050'] = /^(?:https?:\/\/)?([A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(url) ?? [];
  if (host === undefined || Number(port) > 65_535 || Number(port) === 0)
    throw new QueueClusterError(
      'INVALID_DEFINITION',
      `master ${JSON.stringify(shown(url))}: agents need one HOST:PORT, or zk://HOST:PORT/PATH where several masters elect one; if that needs a password, the name of a file, file:///PATH, that holds it`,
    );
  return `${host}:${port}`;
}

/** Without what may be a user and a password. */
const shown = (url: string): string => url.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@');
