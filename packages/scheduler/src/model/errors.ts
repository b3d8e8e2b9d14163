/**
 * Why the scheduler refused a call:
 * `NOT_RUNNING` it was not started yet, or was closed before the call took effect; `ALREADY_STARTED` a scheduler
 * is started once; `DUPLICATE_TASK` a task of this id is in the store or was submitted before; `INVALID_TASK` a task
 * asks for something that makes no sense: the message names the field and what was expected of it; `NOT_ENDED` a task
 * that still waits or runs cannot be forgotten.
 */
export type SchedulerErrorCode =
  | 'NOT_RUNNING'
  | 'ALREADY_STARTED'
  | 'DUPLICATE_TASK'
  | 'INVALID_TASK'
  | 'NOT_ENDED';

/**
 * Thrown by the scheduler itself. What the store or the driver throw comes out as it is, and what became of a
 * task is never thrown: it is a notice.
 */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly code: SchedulerErrorCode;

  constructor(code: SchedulerErrorCode, message: string) {
    super(`[${code}] ${message}`);
    this.code = code;
  }
}
