import { MesosError, type MesosErrorCode } from '../mesos-error.ts';

/** An answer that is not a success. */
export interface Answer {
  readonly status: number;
  /** The words in its body. */
  readonly text: string;
}

const principalMismatch = /principal .* does not match principal/i;
const sessionLostWords = /stream id|framework cannot be found|framework is not subscribed/i;

/** Statuses of a master that is starting, or does not lead now. */
const notNow = new Set([307, 404, 500, 502, 503, 504]);

const finalCodes = new Set<MesosErrorCode>([
  'UNAUTHENTICATED',
  'PRINCIPAL_MISMATCH',
  'SUBSCRIPTION_REFUSED',
  'FRAMEWORK_FAILED_OVER',
  'FRAMEWORK_REMOVED',
  'INVALID_MESSAGE',
]);

/** Whether subscribing again cannot help. */
export function isFinal(error: MesosError): boolean {
  return finalCodes.has(error.code);
}

function words(answer: Answer): string {
  return answer.text === '' ? `status ${answer.status}` : `${answer.status} ${answer.text}`;
}

/** The error for a SUBSCRIBE that was not answered by a stream. */
export function subscribeError(answer: Answer, from: string): MesosError {
  const details = { status: answer.status, callType: 'SUBSCRIBE', answer: answer.text };
  const message = `${from} answered SUBSCRIBE with ${words(answer)}`;
  if (answer.status === 401) return new MesosError('UNAUTHENTICATED', message, details);
  if (principalMismatch.test(answer.text)) return new MesosError('PRINCIPAL_MISMATCH', message, details);
  if (notNow.has(answer.status) || sessionLostWords.test(answer.text))
    return new MesosError('CONNECTION_LOST', message, details);
  return new MesosError('SUBSCRIPTION_REFUSED', message, details);
}

/** The error for any other call that the master did not take. */
export function callError(answer: Answer, callType: string): MesosError {
  const details = { status: answer.status, callType, answer: answer.text };
  const message = `the master answered ${callType} with ${words(answer)}`;
  if (answer.status === 401) return new MesosError('UNAUTHENTICATED', message, details);
  if (principalMismatch.test(answer.text)) return new MesosError('PRINCIPAL_MISMATCH', message, details);
  if ((answer.status === 400 || answer.status === 403) && sessionLostWords.test(answer.text))
    return new MesosError('SESSION_LOST', message, details);
  if (answer.status !== 500 && notNow.has(answer.status))
    return new MesosError('SESSION_LOST', message, details);
  return new MesosError('CALL_REFUSED', message, details);
}

/** The error for an ERROR event: after it the master ends the stream, and asking again would bring the same. */
export function errorOfEvent(text: string): MesosError {
  const details = { answer: text };
  if (/failed over/i.test(text))
    return new MesosError(
      'FRAMEWORK_FAILED_OVER',
      `another scheduler has subscribed with this framework id (${text}); this one stops`,
      details,
    );
  if (/has been removed/i.test(text))
    return new MesosError(
      'FRAMEWORK_REMOVED',
      `the master has removed this framework (${text}); to go on, subscribe without its id`,
      details,
    );
  return new MesosError('SUBSCRIPTION_REFUSED', `the master refuses this framework: ${text}`, details);
}
