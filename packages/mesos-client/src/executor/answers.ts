import { MesosError, type MesosErrorCode } from '../mesos-error.ts';
import type { Refusal } from '../stream/event-stream.ts';

const words = ({ status, text }: Refusal): string => (text === '' ? `status ${status}` : `${status} ${text}`);

/** Statuses of an agent that is starting: 404 before its routes are there, 503 while it recovers. */
const notReady = new Set([404, 503]);

const finalCodes = new Set<MesosErrorCode>([
  'EXECUTOR_REFUSED',
  'UNAUTHENTICATED',
  'CREDENTIAL_UNAVAILABLE',
  'TLS_REFUSED',
  'INVALID_MESSAGE',
]);

/** Whether subscribing again cannot help. */
export function isFinal(error: MesosError): boolean {
  return finalCodes.has(error.code);
}

/** The error for a SUBSCRIBE that was not answered by a stream. */
export function subscribeError(refusal: Refusal, from: string): MesosError {
  const { status, text } = refusal;
  const details = { status, callType: 'SUBSCRIBE', answer: text };
  const message = `the agent at ${from} answered SUBSCRIBE with ${words(refusal)}`;
  const isPassing = notReady.has(status) || status >= 500;
  return new MesosError(isPassing ? 'CONNECTION_LOST' : 'EXECUTOR_REFUSED', message, details);
}

/** The error for any other call that the agent did not take. */
export function callError(refusal: Refusal, callType: string): MesosError {
  const { status, text } = refusal;
  const details = { status, callType, answer: text };
  const message = `the agent answered ${callType} with ${words(refusal)}`;
  // Of 403, not subscribed, and of an executor that is not found, the answer to SUBSCRIBE tells more.
  const isLost = status === 403 || notReady.has(status) || (status === 400 && /cannot be found/i.test(text));
  return new MesosError(isLost ? 'SESSION_LOST' : 'CALL_REFUSED', message, details);
}

/** The error for an ERROR event: the agent will have no more to do with this executor. */
export function errorOfEvent(text: string): MesosError {
  return new MesosError('EXECUTOR_REFUSED', `the agent refuses this executor: ${text}`, { answer: text });
}
