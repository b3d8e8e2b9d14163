import type { WireFormat } from '../codec/codec.ts';
import type { FrameworkInfo } from '../gen/mesos.ts';
import type { Call } from '../gen/scheduler.ts';
import type { Credential } from '../http/credential.ts';
import { defaultMaximumRecordBytes } from '../recordio/record-decoder.ts';

/** What a session is made from. */
export interface SchedulerSessionOptions {
  /** `host:5050`, `http://host:5050` or several as in `https://a:5050,b:5050`; redirects to the leader are followed. */
  readonly master: string;
  /** Who subscribes. With an `id`, the framework of that id is taken over. */
  readonly framework: FrameworkInfo;
  /** More of SUBSCRIBE, sent each time: `suppressed_roles`, `offer_constraints`. */
  readonly subscribe?: Omit<Call.Subscribe, 'framework_info'>;
  /** `protobuf` unless told otherwise. */
  readonly contentType?: WireFormat;
  readonly credential?: Credential;
  /** Milliseconds that {@link SchedulerSession.start} may take; 30 000 unless told otherwise. */
  readonly connectTimeout?: number;
  /** Milliseconds that a master may take to accept a connection or to answer a call; 30 000 unless told otherwise. */
  readonly callTimeout?: number;
  /** After as many heartbeats that did not come the connection counts as lost; 5 unless told otherwise. */
  readonly missedHeartbeats?: number;
  /** Bytes of the largest event taken; 256 MiB unless told otherwise. */
  readonly maximumRecordBytes?: number;
}

/** As many missed heartbeats as the C++ library of Mesos allows; with fewer, a busy master passes for a dead one. */
const defaults = {
  contentType: 'protobuf',
  connectTimeout: 30_000,
  callTimeout: 30_000,
  missedHeartbeats: 5,
  maximumRecordBytes: defaultMaximumRecordBytes,
} as const satisfies Partial<SchedulerSessionOptions>;

/** Options with nothing left open but what may be absent. */
export type ResolvedOptions = SchedulerSessionOptions &
  Required<Pick<SchedulerSessionOptions, keyof typeof defaults>>;

/** Fills in what was left open. */
export function resolveOptions(options: SchedulerSessionOptions): ResolvedOptions {
  return { ...defaults, ...options };
}
