import { type PlainReply, text } from './reply.ts';

/** Who may come in. */
export interface Credentials {
  /** Secrets by principal, for HTTP Basic authentication. */
  readonly principals?: Readonly<Record<string, string>>;
  /** Tokens that are accepted as `Authorization: Bearer`. */
  readonly tokens?: readonly string[];
}

/** Who a request comes from, if that is known; or the 401 for it. */
export type Identity = { readonly principal?: string } | { readonly refusal: PlainReply };

const separator = /:(.*)/s;

function refuse(credentials: Credentials, realm: string): Identity {
  const scheme = credentials.principals ? 'Basic' : 'Bearer';
  return { refusal: text(401, '401 Unauthorized.', { 'WWW-Authenticate': `${scheme} realm="${realm}"` }) };
}

/** Looks at the header Authorization; without credentials anyone may come in, and is nobody. */
export function authenticate(
  credentials: Credentials | undefined,
  authorization: string | undefined,
  realm: string,
): Identity {
  if (!credentials) return {};
  const [scheme, value = ''] = (authorization ?? '').split(' ', 2);
  if (scheme === 'Bearer' && credentials.tokens?.includes(value)) return {};
  if (scheme !== 'Basic') return refuse(credentials, realm);
  const [principal = '', secret] = Buffer.from(value, 'base64').toString().split(separator, 2);
  const expected = Object.hasOwn(credentials.principals ?? {}, principal)
    ? credentials.principals?.[principal]
    : undefined;
  return expected !== undefined && expected === secret ? { principal } : refuse(credentials, realm);
}
