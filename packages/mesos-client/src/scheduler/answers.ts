import { MesosError, type MesosErrorCode } from '../mesos-error.ts';
import type { Refusal } from '../stream/event-stream.ts';

const principalMismatch = /principal .* does not match principal/i;
const sessionLostWords = /stream id|framework cannot be found|framework is not subscribed/i;

/** Statuses of a master that is starting: 404 before its routes are there, 503 while it recovers or none leads. */
const notReady = new Set([404, 503]);
/** Of masters in trouble and of proxies in between that are busy or find nobody behind them. */
const passing = new Set([408, 429, 500, 502, 504]);

const finalCodes = new Set<MesosErrorCode>([
  'UNAUTHENTICATED',
  'CREDENTIAL_UNAVAILABLE',
  'PRINCIPAL_MISMATCH',
  'SUBSCRIPTION_REFUSED',
  'FRAMEWORK_FAILED_OVER',
  'FRAMEWORK_REMOVED',
  'ZOOKEEPER_REFUSED',
  'TLS_REFUSED',
  'INVALID_MESSAGE',
]);
/** Final at first; later it is rather a fault that passes, for everything was right before. */
const finalAtFirst = new Set<MesosErrorCode>(['CREDENTIAL_UNAVAILABLE', 'TLS_REFUSED']);

/** Whether subscribing again cannot help. */
export function isFinal(error: MesosError, hasSubscribed: boolean): boolean {
  return finalCodes.has(error.code) && !(hasSubscribed && finalAtFirst.has(error.code));
}

/** Which setting the master's words are about, in the order in which they are looked at. */
const settings: readonly (readonly [RegExp, string])[] = [
  [/principal/i, 'framework.principal'],
  [/suppressed role/i, 'subscribe.suppressed_roles'],
  [/constraint/i, 'subscribe.offer_constraints'],
  [/failover_timeout/i, 'framework.failover_timeout'],
  [/invalid characters|framework_info\.id/i, 'framework.id'],
  [/'FrameworkInfo\.role'/, 'framework.role'],
  [/role/i, 'framework.roles'],
  [/'?user'?/i, 'framework.user'],
];

function settingOf(words: string): string | undefined {
  return settings.find(([pattern]) => pattern.test(words))?.[1];
}

const words = ({ status, text }: Refusal): string => (text === '' ? `status ${status}` : `${status} ${text}`);

function refusedSubscription(
  message: string,
  answer: string,
  more: { readonly status?: number },
): MesosError {
  const setting = settingOf(answer);
  const details = { callType: 'SUBSCRIBE', answer, ...more, ...(setting !== undefined && { setting }) };
  const advice = setting === undefined ? '' : `; see \`${setting}\``;
  return new MesosError('SUBSCRIPTION_REFUSED', `${message}${advice}`, details);
}

/** The error for a SUBSCRIBE that was not answered by a stream. */
export function subscribeError(refusal: Refusal, from: string): MesosError {
  const { status, text } = refusal;
  const details = { status, callType: 'SUBSCRIBE', answer: text };
  const message = `${from} answered SUBSCRIBE with ${words(refusal)}`;
  if (principalMismatch.test(text))
    return new MesosError('PRINCIPAL_MISMATCH', message, { ...details, setting: 'framework.principal' });
  if (notReady.has(status)) return new MesosError('MASTER_NOT_READY', message, details);
  if (passing.has(status) || sessionLostWords.test(text))
    return new MesosError('CONNECTION_LOST', message, details);
  return refusedSubscription(message, text, { status });
}

/** The error for any other call that the master did not take. */
export function callError(refusal: Refusal, callType: string): MesosError {
  const { status, text } = refusal;
  const details = { status, callType, answer: text };
  const message = `the master answered ${callType} with ${words(refusal)}`;
  if (principalMismatch.test(text))
    return new MesosError('PRINCIPAL_MISMATCH', message, { ...details, setting: 'credential' });
  const isLost = (status === 400 || status === 403) && sessionLostWords.test(text);
  if (isLost || status === 307 || notReady.has(status))
    return new MesosError('SESSION_LOST', message, details);
  // A proxy in between does not know what became of it.
  if (status === 502 || status === 504) return new MesosError('CALL_FATE_UNKNOWN', message, details);
  return new MesosError('CALL_REFUSED', message, details);
}

/** The error for an ERROR event: after it the master ends the stream, and asking again would bring the same. */
export function errorOfEvent(text: string): MesosError {
  if (/failed over/i.test(text))
    return new MesosError(
      'FRAMEWORK_FAILED_OVER',
      `another scheduler has subscribed with this framework id (${text}); this one stops`,
      { answer: text },
    );
  if (/has been removed/i.test(text))
    return new MesosError(
      'FRAMEWORK_REMOVED',
      `the master has removed this framework (${text}); to go on, subscribe without its id`,
      { answer: text, setting: 'framework.id' },
    );
  return refusedSubscription(`the master refuses this framework: ${text}`, text, {});
}
