import type { WireFormat } from './codec/codec.ts';
import type { ConnectionOptions, TlsOptions } from './http/connection.ts';
import type { Credential } from './http/credential.ts';
import type { AddressRewrite } from './leader/master-detector.ts';

/** How servers are spoken to: the same for schedulers, executors and operators. */
export interface ClientOptions {
  /** `protobuf` unless told otherwise. */
  readonly contentType?: WireFormat;
  readonly credential?: Credential;
  /** For `https`. */
  readonly tls?: TlsOptions;
  /**
   * Milliseconds that a server may take to accept a connection or to answer a call; 30 000 unless told otherwise, 0
   * for no limit.
   */
  readonly callTimeout?: number;
  /** Called with each address of a master that ZooKeeper or a redirect gives, for masters behind NAT. */
  readonly rewriteAddress?: AddressRewrite;
}

const defaultCallTimeout = 30_000;

/** The part of the options that connections are made from. */
export function connectionOptions(options: ClientOptions): ConnectionOptions {
  return { timeout: options.callTimeout ?? defaultCallTimeout, tls: options.tls };
}

type WithDefaults<Options, Defaults> = Options & Required<Pick<Options, keyof Options & keyof Defaults>>;

/** The options, with defaults where nothing is said: undefined says nothing, though TypeScript may let it through. */
export function withDefaults<Options extends object, Defaults extends Partial<Options>>(
  options: Options,
  defaults: Defaults,
): WithDefaults<Options, Defaults> {
  const said = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...(said as Options) } as WithDefaults<Options, Defaults>;
}
