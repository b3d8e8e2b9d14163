import { type ClientOptions, withDefaults } from '../client-options.ts';
import type { FrameworkInfo } from '../gen/mesos.ts';
import type { Call } from '../gen/scheduler.ts';
import { defaultMaximumRecordBytes } from '../recordio/record-decoder.ts';

/** What a session is made from. */
export interface SchedulerSessionOptions extends ClientOptions {
  /**
   * `host:5050`, `http://host:5050`, several as in `https://a:5050,b:5050` (redirects to the leader are followed),
   * or `zk://user:password@a:2181,b:2181/mesos`.
   */
  readonly master: string;
  /** Who subscribes. With an `id`, the framework of that id is taken over. */
  readonly framework: FrameworkInfo;
  /** More of SUBSCRIBE, sent each time: `suppressed_roles`, `offer_constraints`. */
  readonly subscribe?: Omit<Call.Subscribe, 'framework_info'>;
  /** Milliseconds that {@link SchedulerSession.start} may take; 30 000 unless told otherwise. */
  readonly connectTimeout?: number;
  /** After as many heartbeats that did not come the connection counts as lost; 5 unless told otherwise. */
  readonly missedHeartbeats?: number;
  /** Bytes of the largest event taken; 256 MiB unless told otherwise. */
  readonly maximumRecordBytes?: number;
  /**
   * Bytes of events that may wait for a listener that returns promises; beyond, nothing is read from the master
   * until half of them are told. 16 MiB unless told otherwise.
   */
  readonly maximumWaitingBytes?: number;
}

/** As many missed heartbeats as the C++ library of Mesos allows; with fewer, a busy master passes for a dead one. */
const defaults = {
  contentType: 'protobuf',
  connectTimeout: 30_000,
  missedHeartbeats: 5,
  maximumRecordBytes: defaultMaximumRecordBytes,
  maximumWaitingBytes: 16 * 1024 * 1024,
} as const satisfies Partial<SchedulerSessionOptions>;

/** Options with nothing left open but what may be absent. */
export type ResolvedOptions = SchedulerSessionOptions &
  Required<Pick<SchedulerSessionOptions, keyof typeof defaults>>;

/** Fills in what was left open. */
export function resolveOptions(options: SchedulerSessionOptions): ResolvedOptions {
  return withDefaults(options, defaults);
}
