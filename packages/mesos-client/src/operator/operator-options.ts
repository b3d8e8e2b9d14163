import type { ClientOptions } from '../client-options.ts';

/** How masters and agents are spoken to through their operator API. */
export interface OperatorOptions extends ClientOptions {
  /**
   * Whether to ask for compressed answers, and to compress requests of 16 KiB and more. True unless told otherwise: the
   * state of 5 000 agents and 20 000 tasks is 13 MB of protobuf, which takes 0.1 s at 1 Gbit/s; compressed to a
   * twentieth in half that time of one core, and in JSON the more so. False spares the core where the network is faster.
   * Streams and downloads are never compressed.
   */
  readonly gzip?: boolean;
  /**
   * Milliseconds to go on trying while no server can be reached or is ready: no master leads, an agent recovers. 0
   * unless told otherwise: every address is tried once. A call that may have arrived is never sent again, unless it
   * only reads.
   */
  readonly patience?: number;
  /**
   * Longest answer, decompressed, and longest record of a stream, in bytes; 256 MiB unless told otherwise: they may hold
   * the state of the cluster. Beyond, it is RECORD_TOO_LARGE. Downloads have no limit.
   */
  readonly maximumRecordBytes?: number;
}

/** Ends a call or a stream early. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}
