import { randomUUID } from 'node:crypto';
import type { Codec } from '../codec/codec.ts';
import type { Call } from '../gen/executor.ts';
import { MesosError } from '../mesos-error.ts';
import type { ExecutorEnvironment } from './environment.ts';
import { type ExecutorTaskStatus, executorStates } from './executor-messages.ts';

/** Agents take an RFC 4122 UUID in 16 bytes. */
const newUuid = (): Uint8Array => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');

/** Encodes calls, each with whose it is. */
export function callEncoder(
  codec: Codec<Call>,
  { frameworkId, executorId }: Pick<ExecutorEnvironment, 'frameworkId' | 'executorId'>,
): (call: Omit<Call, 'framework_id' | 'executor_id'>) => Uint8Array {
  const whose = { framework_id: { value: frameworkId }, executor_id: { value: executorId } };
  return (call) => codec.encode({ ...call, ...whose });
}

/** An update as agents take it. Throws INVALID_MESSAGE for a state that is not an executor's to tell. */
export function completeUpdate(status: ExecutorTaskStatus, executorId: string): Call.Update {
  if (!executorStates.includes(status.state))
    throw new MesosError(
      'INVALID_MESSAGE',
      `an executor cannot send ${status.state}; expected one of ${executorStates.join(', ')}`,
    );
  return {
    status: {
      timestamp: Date.now() / 1000,
      ...status,
      executor_id: { value: executorId },
      source: 'SOURCE_EXECUTOR',
      uuid: newUuid(),
    },
  };
}
