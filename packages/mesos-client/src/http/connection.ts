import { Client, errors } from 'undici';

/** A connection that idles this long is given up; sessions keep theirs for as long as they last. */
const keepAliveMilliseconds = 3_600_000;

export interface ConnectionOptions {
  /** How long connecting may take, and how long the head of an answer may. Milliseconds. */
  readonly timeout: number;
}

/**
 * One socket to one server, opened by the first request. Requests wait for one another, so that they arrive in
 * order; one whose answer got lost is not sent again. `destroy()` leaves nothing behind.
 */
export function openConnection(origin: string, options: ConnectionOptions): Client {
  return new Client(origin, {
    pipelining: 1,
    keepAliveTimeout: keepAliveMilliseconds,
    keepAliveMaxTimeout: keepAliveMilliseconds,
    headersTimeout: options.timeout,
    // Event streams are quiet for as long as they like: heartbeats are watched instead.
    bodyTimeout: 0,
    connect: { timeout: options.timeout },
  });
}

const sentNothing = new Set(['connect', 'getaddrinfo']);

/** Whether a failure is one of connecting, so that nothing of the request can have arrived. */
export function happenedWhileConnecting(error: unknown): boolean {
  if (error instanceof errors.ConnectTimeoutError) return true;
  if (error instanceof AggregateError) return error.errors.every(happenedWhileConnecting);
  const { syscall } = (error ?? {}) as { readonly syscall?: string };
  return sentNothing.has(syscall ?? '');
}

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be resolved now',
  EHOSTUNREACH: 'host unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** A failure of the network in a few words. */
export function describeFailure(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const code = (inner as { readonly code?: string } | undefined)?.code ?? '';
  return plainWords[code] ?? (inner instanceof Error ? inner.message : String(inner));
}
