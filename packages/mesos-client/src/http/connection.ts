import { setMaxListeners } from 'node:events';
import type { ConnectionOptions as NodeTlsOptions } from 'node:tls';
import { Agent, Client, type Dispatcher } from 'undici';

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
  /** How long connecting may take, and how long the head of an answer may. Milliseconds; 0 sets no limit. */
  readonly timeout: number;
  readonly tls?: TlsOptions | undefined;
  /** A UNIX socket to connect to instead of the host in the address. */
  readonly socketPath?: string | undefined;
}

function clientOptions({ timeout, tls, socketPath }: ConnectionOptions, over: AbortSignal): Client.Options {
  return {
    pipelining: 1,
    keepAliveTimeout: keepAliveMilliseconds,
    keepAliveMaxTimeout: keepAliveMilliseconds,
    headersTimeout: timeout,
    // Event streams are quiet for as long as they like: heartbeats are watched instead.
    bodyTimeout: 0,
    // Mesos speaks HTTP/1.1 alone; what is said here of order and of calls that got lost holds for that.
    connect: {
      ...tls,
      timeout,
      allowH2: false,
      signal: over,
      ...(socketPath !== undefined && { socketPath }),
    },
  };
}

/** Of failures to connect, remembered since their codes do not tell: those of TLS occur on old connections too. */
const failuresToConnect = new WeakSet<Error>();

function remember(_origin: URL, _targets: readonly unknown[], error: Error): void {
  failuresToConnect.add(error);
}

interface Requester<Request> {
  request(request: Request): Promise<Dispatcher.ResponseData>;
  /** Leaves no socket. */
  destroy(): Promise<void>;
}

/** A connection to one server. */
export type Connection = Requester<Omit<Dispatcher.RequestOptions, 'origin'>>;

/** Connections to any servers. */
export type ConnectionPool = Requester<Dispatcher.RequestOptions>;

function requester<Request extends object>(open: (over: AbortSignal) => Client | Agent): Requester<Request> {
  const over = new AbortController();
  // As many sockets as there are.
  setMaxListeners(0, over.signal);
  const dispatcher: Dispatcher = open(over.signal);
  dispatcher.on('connectionError', remember);
  return {
    request: (request) => dispatcher.request(request as Dispatcher.RequestOptions),
    async destroy() {
      await dispatcher.destroy();
      // Ends what is still connecting, which undici leaves alone.
      over.abort();
    },
  };
}

/**
 * One socket to one server, opened by the first request. Requests wait for one another, so that they arrive in
 * order; one whose answer got lost is not sent again.
 */
export function openConnection(origin: string, options: ConnectionOptions): Connection {
  return requester((over) => new Client(origin, clientOptions(options, over)));
}

/** As many sockets as requests need, to any servers. */
export function openConnectionPool(options: ConnectionOptions): ConnectionPool {
  return requester((over) => new Agent({ ...clientOptions(options, over), bodyTimeout: options.timeout }));
}

/** Whether a failure is one of connecting, so that nothing of the request can have been taken. */
export function happenedWhileConnecting(error: unknown): boolean {
  // With TLS 1.3 a server refuses our certificate only after we are through, but before it reads a request.
  return (error instanceof Error && failuresToConnect.has(error)) || refusedByServer.test(codeOf(error));
}

const codeOf = (error: unknown): string => (error as { readonly code?: string } | undefined)?.code ?? '';

/** OpenSSL's names of what is wrong with the server's certificate. */
const untrustedServer =
  /^(?:CERT_|UNABLE_TO_(?:VERIFY|GET)_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;
/** What a server says that wants a certificate of ours, or another one. */
const refusedByServer =
  /^ERR_SSL_.*ALERT_(?:(?:BAD_|NO_|UNSUPPORTED_)?CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE)/;
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
  UND_ERR_DESTROYED: 'the connection was given up',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS: is it http?',
};

const unknownAuthority =
  'its certificate is signed by an authority that is not trusted here: name the file of that authority (`tls.ca`, `ca_file` of a cluster, or NODE_EXTRA_CA_CERTS)';

/** What is wrong with the certificate of a server, and what to do. */
const certificateWords: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED:
    'its certificate has expired: whoever runs it has to renew it, unless the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock of this machine right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
};

/** Node's error where a certificate does not have the name of the host. */
interface WrongName extends Error {
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: unknown } };
}

function wrongName({ host = 'that address', cert }: WrongName): string {
  const names = cert?.subjectaltname ?? (cert?.subject?.CN ? `CN:${cert.subject.CN}` : 'no name');
  const shown = names.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
  return `its certificate is for ${shown}, not for ${host}: use a name that stands in it in the address, or have it made for this one`;
}

/** A failure of the network in a few words. */
export function describeFailure(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const code = codeOf(inner);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(inner as WrongName);
  return (
    plainWords[code] ?? certificateWords[code] ?? (inner instanceof Error ? inner.message : String(inner))
  );
}
