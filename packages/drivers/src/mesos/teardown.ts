import { setTimeout as sleep } from 'node:timers/promises';
import { MesosError, type SchedulerSession } from '@galaxy-mesos/mesos-client';
import { DriverError, messageOf } from '../errors.ts';

/** So long an end is tried; who waits for a program to end waits no longer. */
const patienceMilliseconds = 10_000;

const pauseMilliseconds = 100;

const codeOf = (error: unknown): string => (error instanceof MesosError ? error.code : '');

/** The session is connecting again by itself, and TEARDOWN may be sent again when it has. */
const isPassing = (error: unknown): boolean =>
  ['NOT_CONNECTED', 'SESSION_LOST', 'CALL_FATE_UNKNOWN'].includes(codeOf(error));

const failure = (session: SchedulerSession, failoverTimeoutSeconds: number, cause: unknown): DriverError => {
  const outlook =
    codeOf(cause) === 'FRAMEWORK_FAILED_OVER'
      ? 'it is up to the driver that has taken it over'
      : `its master ends it when no driver has connected for ${failoverTimeoutSeconds} s`;
  const message = `The framework ${session.frameworkId} could not be ended (${messageOf(cause)}); ${outlook}`;
  return new DriverError('TEARDOWN_FAILED', message, { cause });
};

/**
 * Ends the framework of a session, and all that runs for it. A connection that is lost just now is waited for.
 * @throws DriverError TEARDOWN_FAILED
 */
export async function tearDown(session: SchedulerSession, failoverTimeoutSeconds: number): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  for (;;) {
    try {
      await session.send({ type: 'TEARDOWN' });
      return;
    } catch (error) {
      // An earlier call, whose answer was lost, may have done it; so may its time-out, or an operator.
      if (codeOf(error) === 'FRAMEWORK_REMOVED') return;
      if (!isPassing(error) || performance.now() > deadline)
        throw failure(session, failoverTimeoutSeconds, error);
    }
    await sleep(pauseMilliseconds);
  }
}
