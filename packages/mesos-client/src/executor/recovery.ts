import { MesosError } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';

const leastMilliseconds = 10;

/**
 * How long to wait before the next try to subscribe, in milliseconds (`random` in 0..1): between a tenth and a half of
 * the longest pause. That is for how long an agent which was started again waits for its executors before it kills
 * those that did not come: so each gets at least two tries, and not all at the same moment. Never nothing.
 */
export function pauseBeforeRetry(maximumBackoff: number, random: number): number {
  return Math.max(leastMilliseconds, maximumBackoff * (0.1 + 0.4 * random));
}

/** The error of an executor whose agent is gone for longer than it may be. */
export function recoveryTimedOut(recoveryTimeout: number, reason: MesosError): MesosError {
  const message =
    recoveryTimeout > 0
      ? `the agent did not come back within ${recoveryTimeout / 1000} s`
      : 'the agent is gone, and without checkpointing none is waited for';
  return new MesosError('RECOVERY_TIMED_OUT', `${message} (${reasonOf(reason)})`, { cause: reason });
}
