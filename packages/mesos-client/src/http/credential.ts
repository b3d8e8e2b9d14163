import { MesosError } from '../mesos-error.ts';

/**
 * Supplies a secret. It is called before the first request, and after each 401 with the value that was refused;
 * if it gives the same again, the request counts as refused for good. Concurrent requests share one call.
 */
export type SecretSource = (refused: string | undefined) => string | Promise<string>;

/**
 * What a framework, executor or operator proves itself with: HTTP Basic authentication, a bearer token, or any
 * other value of the header Authorization (such as `token=...` of DC/OS).
 */
export type Credential =
  | { readonly principal: string; readonly secret: string }
  | { readonly token: string | SecretSource }
  | { readonly authorization: string | SecretSource };

interface HeaderSource {
  readonly secret: string | SecretSource;
  readonly toHeader: (secret: string) => string;
}

function headerSource(credential: Credential): HeaderSource {
  if ('token' in credential) return { secret: credential.token, toHeader: (token) => `Bearer ${token}` };
  if ('authorization' in credential) return { secret: credential.authorization, toHeader: (value) => value };
  const pair = Buffer.from(`${credential.principal}:${credential.secret}`).toString('base64');
  return { secret: `Basic ${pair}`, toHeader: (value) => value };
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

  /** The header to send, if any. Throws CREDENTIAL_UNAVAILABLE. */
  async headers(): Promise<Readonly<Record<string, string>>> {
    if (!this.#source) return {};
    const secret = this.#secret ?? (await this.#ask(this.#source, undefined));
    return { authorization: this.#source.toHeader(secret) };
  }

  /** After a 401 to these headers: whether there is something else to try. Throws CREDENTIAL_UNAVAILABLE. */
  async renew(refused: Readonly<Record<string, string>>): Promise<boolean> {
    const source = this.#source;
    if (!source || typeof source.secret === 'string') return false;
    const isRefused = () =>
      this.#secret === undefined || source.toHeader(this.#secret) === refused.authorization;
    // Another request may have renewed it meanwhile.
    if (isRefused()) await this.#ask(source, this.#secret);
    return !isRefused();
  }

  async #ask({ secret }: HeaderSource, refused: string | undefined): Promise<string> {
    if (typeof secret === 'string') return secret;
    this.#asking ??= Promise.try(secret, refused)
      .catch((cause: unknown) => {
        // Without the words of the cause: they may hold what must not be told.
        throw new MesosError('CREDENTIAL_UNAVAILABLE', 'the function that supplies the credential failed', {
          setting: 'credential',
          cause,
        });
      })
      .finally(() => {
        this.#asking = undefined;
      });
    this.#secret = await this.#asking;
    return this.#secret;
  }
}
