import { ClientError } from './client-error.ts';

/** An address as people give it: without what the API adds, and without a query, in which a token might be. */
export const addressOf = (url: string): string =>
  URL.canParse(url) ? url.replace(/[?#].*$/s, '').replace(/(?:\/api\/v1\/events)?\/*$/, '') : url;

/** How a connection ends on which nothing was answered. */
const closed: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET']);

/** What OpenSSL and Node call certificates that nobody trusts. */
const untrusted = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_)/;

const otherHost = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** Why a request had no answer at all. */
export function unreachable(url: string, error: unknown): ClientError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const address = addressOf(url);
  const code = codeOf(cause);
  if (typeof code === 'string' && (code === otherHost || untrusted.test(code))) {
    const message = `the certificate of ${address} is not trusted: ${certificateFault(cause, code)}`;
    return new ClientError('UNTRUSTED', message, { cause: error });
  }
  const hint =
    closed.has(code) && url.startsWith('http:') ? ' (if it speaks TLS, its address begins with https:)' : '';
  return new ClientError('UNREACHABLE', `no daemon answers at ${address}: ${reasonOf(cause)}${hint}`, {
    cause: error,
  });
}

function certificateFault(cause: unknown, code: string): string {
  if (code === otherHost) {
    const names =
      cause instanceof Error && 'cert' in cause ? (cause.cert as { subjectaltname?: string }) : undefined;
    return `it is for ${names?.subjectaltname ?? 'another host'}; ask by a name that stands in it`;
  }
  const [first] = reasonOf(cause).split(';', 1);
  return code === 'CERT_HAS_EXPIRED'
    ? 'it has expired; the daemon needs a new one'
    : `${first}; if its authority is one of your own, name that: NODE_EXTRA_CA_CERTS=FILE`;
}

/** What Node says in words that only its makers know. */
const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOTFOUND', 'no host of this name is known'],
  ['EAI_AGAIN', 'the host of this name cannot be looked up now'],
]);

const codeOf = (cause: unknown): unknown =>
  cause instanceof Error && 'code' in cause ? cause.code : undefined;

/** What an error says, in one line. */
export function reasonOf(cause: unknown): string {
  // Both addresses of a name were tried.
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ');
  if (!(cause instanceof Error)) return String(cause);
  if (/wrong version number/.test(cause.message)) return 'what is there speaks no TLS; its address is http:';
  return reasons.get(codeOf(cause)) ?? cause.message.replaceAll(/\s+/g, ' ').trim();
}
