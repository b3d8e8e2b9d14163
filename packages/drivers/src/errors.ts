/** What went wrong, for programs: the closed list of {@link DriverError.code}. */
export type DriverErrorCode =
  /** An option of a driver has no usable value; the message names it. */
  | 'INVALID_OPTION'
  /** A MESOS_URL is none of the forms there are; the message names where it was given. */
  | 'INVALID_MESOS_URL'
  /** A call that needs a started driver came before `start`, or after `stop`. */
  | 'NOT_STARTED'
  /** `start` was called twice; a driver is started once. */
  | 'ALREADY_STARTED'
  /** Offers of different agents or roles were to be accepted together. */
  | 'OFFERS_DIFFER'
  /** There is no POSIX shell and no process groups here, as on Windows. */
  | 'UNSUPPORTED_PLATFORM'
  /** The directory of all sandboxes could not be made or read. */
  | 'SANDBOX_ROOT_UNUSABLE'
  /** A file of a sandbox exists and could not be read, or the agent that has it could not be asked. */
  | 'SANDBOX_UNREADABLE'
  /** Processes outlived SIGKILL, so that `stop('teardown')` could not keep its promise. */
  | 'STILL_RUNNING'
  /**
   * The framework was not ended: no master was there, which ends it when its failover time-out has passed, or
   * another driver has taken it over.
   */
  | 'TEARDOWN_FAILED';

/** Every error that a driver throws by itself. What became of an attempt is never thrown: it is an update. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code: DriverErrorCode;

  constructor(code: DriverErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The code of an error of the operating system, such as `ENOENT`. */
export const systemCodeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
