import { MesosError } from '@galaxy-mesos/mesos-client';

/** Whether a call certainly did nothing, because the connection was over before it. */
export const isWithoutEffect = (error: unknown): error is MesosError =>
  error instanceof MesosError && (error.code === 'NOT_CONNECTED' || error.code === 'SESSION_LOST');

/** Whether the master has refused the call itself. An answer of 500 and above tells nothing of what was done. */
export const isRefused = (error: unknown): error is MesosError =>
  error instanceof MesosError && error.code === 'CALL_REFUSED' && (error.status ?? 500) < 500;

/** Whether the call itself is at fault. */
export const isInvalid = (error: unknown): error is MesosError =>
  isRefused(error) || (error instanceof MesosError && error.code === 'INVALID_MESSAGE');
