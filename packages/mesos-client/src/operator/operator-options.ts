import type { ClientOptions } from '../client-options.ts';

/** How masters and agents are spoken to through their operator API. */
export interface OperatorOptions extends ClientOptions {
  /**
   * Asks for compressed answers, and compresses requests of 16 KiB and more. Off unless told otherwise: in one
   * network, compressing the state of a large cluster takes longer than sending it, and costs the master the time.
   * Streams and downloads are never compressed.
   */
  readonly gzip?: boolean;
  /**
   * Milliseconds to go on trying while no server can be reached or is ready: no master leads, an agent recovers. 0
   * unless told otherwise: every address is tried once. A call that may have arrived is never sent again, unless it
   * only reads.
   */
  readonly patience?: number;
  /** Longest record of a stream, in bytes; 256 MiB unless told otherwise: an event holds the state of the cluster. */
  readonly maximumRecordBytes?: number;
}

/** Ends a call or a stream early. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}
