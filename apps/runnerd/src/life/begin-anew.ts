import { StoreError } from '@galaxy-mesos/job-store';
import { MesosError } from '@galaxy-mesos/mesos-client';
import { RunnerdError } from '../runnerd-error.ts';

/** What is to be done about an error that ended the work of a daemon. */
export type Remedy =
  /** Another daemon leads: stand by, and read the store again. */
  | 'stand-by'
  /** The cluster has ended the framework, with all that it ran: go on as a new one. */
  | 'new-framework'
  /** Nothing that a daemon could do by itself. */
  | 'give-up';

/** Tells what helps. */
export function remedyFor(error: unknown): Remedy {
  if (error instanceof StoreError && error.code === 'DEPOSED') return 'stand-by';
  if (error instanceof MesosError && error.code === 'FRAMEWORK_REMOVED') return 'new-framework';
  return 'give-up';
}

/** An error that nothing helps against, in words for whoever runs the daemon. */
export function finalError(error: unknown): unknown {
  if (error instanceof MesosError && error.code === 'FRAMEWORK_FAILED_OVER') {
    const advice = 'another daemon has gone on as the framework of this one; one of the two must not run';
    return new RunnerdError('CLUSTER', `${advice}: ${error.message}`, error);
  }
  if (error instanceof MesosError) return new RunnerdError('CLUSTER', error.message, error);
  return error;
}
