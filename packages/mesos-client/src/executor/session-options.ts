import { type ClientOptions, withDefaults } from '../client-options.ts';
import { defaultMaximumRecordBytes } from '../recordio/record-decoder.ts';
import type { ExecutorEnvironment } from './environment.ts';

/**
 * What a session is made from: what {@link readExecutorEnvironment} gives, or the same by hand, and how to speak.
 * `callTimeout` is without end unless told otherwise: the agent is on the same machine, whose kernel tells when it
 * has died, and an executor that gave up an agent which is merely slow would end its tasks for nothing.
 */
export interface ExecutorSessionOptions
  extends Omit<ClientOptions, 'rewriteAddress'>,
    Pick<ExecutorEnvironment, 'frameworkId' | 'executorId' | 'endpoint' | 'socketPath'>,
    Partial<Pick<ExecutorEnvironment, 'recoveryTimeout' | 'maximumBackoff'>> {
  /** Bytes of the largest event taken; 256 MiB unless told otherwise. */
  readonly maximumRecordBytes?: number;
  /**
   * Bytes of events that may wait for a listener that returns promises; beyond, nothing is read from the agent
   * until half of them are told. 16 MiB unless told otherwise.
   */
  readonly maximumWaitingBytes?: number;
}

const defaults = {
  contentType: 'protobuf',
  /** None. */
  callTimeout: 0,
  recoveryTimeout: 0,
  maximumBackoff: 2000,
  maximumRecordBytes: defaultMaximumRecordBytes,
  maximumWaitingBytes: 16 * 1024 * 1024,
} as const satisfies Partial<ExecutorSessionOptions>;

/** Options with nothing left open but what may be absent. */
export type ResolvedOptions = ExecutorSessionOptions &
  Required<Pick<ExecutorSessionOptions, keyof typeof defaults>>;

/** Fills in what was left open. */
export function resolveOptions(options: ExecutorSessionOptions): ResolvedOptions {
  return withDefaults(options, defaults);
}
