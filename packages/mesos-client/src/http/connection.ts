import type { ConnectionOptions as NodeTlsOptions } from 'node:tls';
import { Agent, Client, errors } from 'undici';

/**
 * TLS of the client: own certificate authorities in `ca`, a client certificate in `cert` and `key` or in `pfx`
 * with its `passphrase`, as Node takes them. Servers are always verified.
 */
export type TlsOptions = Pick<
  NodeTlsOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'minVersion' | 'maxVersion' | 'ciphers'
>;

/** A connection that idles this long is given up; sessions keep theirs for as long as they last. */
const keepAliveMilliseconds = 3_600_000;

/** How connections are made. */
export interface ConnectionOptions {
  /** How long connecting may take, and how long the head of an answer may. Milliseconds. */
  readonly timeout: number;
  readonly tls?: TlsOptions | undefined;
  /** A UNIX socket to connect to instead of the host in the address. */
  readonly socketPath?: string | undefined;
}

function clientOptions(options: ConnectionOptions): Client.Options {
  const { timeout, tls, socketPath } = options;
  return {
    pipelining: 1,
    keepAliveTimeout: keepAliveMilliseconds,
    keepAliveMaxTimeout: keepAliveMilliseconds,
    headersTimeout: timeout,
    // Event streams are quiet for as long as they like: heartbeats are watched instead.
    bodyTimeout: 0,
    connect: { ...tls, timeout, ...(socketPath !== undefined && { socketPath }) },
  };
}

/**
 * One socket to one server, opened by the first request. Requests wait for one another, so that they arrive in
 * order; one whose answer got lost is not sent again. `destroy()` leaves nothing behind.
 */
export function openConnection(origin: string, options: ConnectionOptions): Client {
  return new Client(origin, clientOptions(options));
}

/** As many sockets as requests need, to any servers. */
export function openConnectionPool(options: ConnectionOptions): Agent {
  return new Agent({ ...clientOptions(options), bodyTimeout: options.timeout });
}

const sentNothing = new Set(['connect', 'getaddrinfo']);

/** Whether a failure is one of connecting, so that nothing of the request can have arrived. */
export function happenedWhileConnecting(error: unknown): boolean {
  if (error instanceof errors.ConnectTimeoutError) return true;
  if (error instanceof AggregateError) return error.errors.every(happenedWhileConnecting);
  const { syscall } = (error ?? {}) as { readonly syscall?: string };
  return sentNothing.has(syscall ?? '') || tlsSetting(error) !== undefined;
}

const codeOf = (error: unknown): string => (error as { readonly code?: string } | undefined)?.code ?? '';

/** OpenSSL's names of what is wrong with the server's certificate. */
const untrustedServer =
  /^(?:CERT_|UNABLE_TO_(?:VERIFY|GET)_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;
/** What a server says that wants a certificate of ours, or another one. */
const refusedByServer =
  /^ERR_SSL_.*ALERT_(?:CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE)|^ERR_SSL_SSL\/TLS_ALERT/;
const notTls = /^(?:ERR_SSL_|EPROTO$|ERR_OSSL_)/;

/** The setting that is wrong where a TLS connection could not be made; undefined for all other failures. */
export function tlsSetting(error: unknown): string | undefined {
  const code = codeOf(error);
  if (untrustedServer.test(code)) return 'tls.ca';
  if (refusedByServer.test(code)) return 'tls.cert';
  return notTls.test(code) ? 'tls' : undefined;
}

/** Whether the server has closed the connection instead of answering. */
export function wasClosedByServer(error: unknown): boolean {
  return codeOf(error) === 'ECONNRESET' || codeOf(error) === 'UND_ERR_SOCKET';
}

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOENT: 'no such socket',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name of the host cannot be resolved now',
  EHOSTUNREACH: 'host unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped',
  UND_ERR_SOCKET: 'the connection was closed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS: is it http?',
};

/** A failure of the network in a few words. */
export function describeFailure(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return plainWords[codeOf(inner)] ?? (inner instanceof Error ? inner.message : String(inner));
}
