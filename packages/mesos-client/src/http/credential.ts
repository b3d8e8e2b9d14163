import { validateHeaderValue } from 'node:http';
import { MesosError } from '../mesos-error.ts';

/**
 * Supplies a secret. It is called before the first request, and after each 401 with the value that was refused;
 * if it gives the same again, the request counts as refused for good. Concurrent requests share one call, and wait
 * for as long as it takes.
 */
export type SecretSource = (refused: string | undefined) => string | Promise<string>;

/**
 * What a framework, executor or operator proves itself with: HTTP Basic authentication, a bearer token, or any
 * other value of the header Authorization (such as `token=...` of DC/OS).
 */
export type Credential =
  | { readonly principal: string; readonly secret: string | SecretSource }
  | { readonly token: string | SecretSource }
  | { readonly authorization: string | SecretSource };

interface HeaderSource {
  readonly secret: string | SecretSource;
  readonly toHeader: (secret: string) => string;
}

function headerSource(credential: Credential): HeaderSource {
  if ('token' in credential) return { secret: credential.token, toHeader: (token) => `Bearer ${token}` };
  if ('authorization' in credential) return { secret: credential.authorization, toHeader: (value) => value };
  const { principal, secret } = credential;
  const pair = (value: string) => Buffer.from(`${principal}:${value}`).toString('base64');
  return { secret, toHeader: (value) => `Basic ${pair(value)}` };
}

/** Rejects with the signal's reason as soon as that fires. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Without the words of the cause: they may hold what must not be told. */
function unavailable(why: string, cause?: unknown): MesosError {
  return new MesosError('CREDENTIAL_UNAVAILABLE', why, { setting: 'credential', cause });
}

function checkHeader(value: string): void {
  try {
    validateHeaderValue('authorization', value);
  } catch {
    throw unavailable(
      'the credential cannot be sent: it holds a character that no header may hold, such as a line break at its end',
    );
  }
}

/** Holds the secret that is in use, and gets another where it is refused. */
export class Authorizer {
  readonly #source: HeaderSource | undefined;
  #secret: string | undefined;
  #asking: Promise<string> | undefined;

  constructor(credential: Credential | undefined) {
    this.#source = credential && headerSource(credential);
    if (typeof this.#source?.secret === 'string') this.#secret = this.#source.secret;
  }

  /** The header to send, if any. Throws CREDENTIAL_UNAVAILABLE, and the signal's reason. */
  async headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>> {
    if (!this.#source) return {};
    const secret = this.#secret ?? (await this.#ask(this.#source, undefined, signal));
    const authorization = this.#source.toHeader(secret);
    checkHeader(authorization);
    return { authorization };
  }

  /** After a 401 to these headers: whether there is something else to try. Throws what {@link headers} throws. */
  async renew(refused: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<boolean> {
    const source = this.#source;
    if (!source || typeof source.secret === 'string') return false;
    const isRefused = () =>
      this.#secret === undefined || source.toHeader(this.#secret) === refused.authorization;
    // Another request may have renewed it meanwhile.
    if (isRefused()) await this.#ask(source, this.#secret, signal);
    return !isRefused();
  }

  #ask({ secret }: HeaderSource, refused: string | undefined, signal?: AbortSignal): Promise<string> {
    if (typeof secret === 'string') return Promise.resolve(secret);
    this.#asking ??= this.#call(secret, refused).finally(() => {
      this.#asking = undefined;
    });
    return unlessAborted(this.#asking, signal);
  }

  async #call(source: SecretSource, refused: string | undefined): Promise<string> {
    try {
      this.#secret = await source(refused);
      return this.#secret;
    } catch (cause) {
      throw unavailable('the function that supplies the credential failed', cause);
    }
  }
}
