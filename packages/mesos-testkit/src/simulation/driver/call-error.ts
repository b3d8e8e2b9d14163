/**
 * Why a call of a simulated driver failed: `NOT_CONNECTED` it was never sent; `CALL_REFUSED` the master did not take it;
 * `FATE_UNKNOWN` no answer came, and it may or may not have been taken; `STOPPED` the driver was not started, was
 * stopped, or has failed.
 */
export type CallErrorCode = 'NOT_CONNECTED' | 'CALL_REFUSED' | 'FATE_UNKNOWN' | 'STOPPED';

/** Thrown by calls of a simulated driver; see {@link CallErrorCode} for when. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;

  constructor(code: CallErrorCode, message: string) {
    super(`[${code}] ${message}`);
    this.code = code;
  }
}
