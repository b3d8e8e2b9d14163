import { describeFailure, happenedWhileConnecting, tlsSetting } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import type { OperatorTarget } from './operator-messages.ts';

/** What a request was for. */
export interface RequestContext {
  readonly callType: string;
  readonly url: URL;
  readonly signal: AbortSignal;
}

/** Whether a call changes nothing, so that it can be sent again. Waiting for a container is reading, too. */
export function isReading(callType: string): boolean {
  return /^(?:GET|LIST|READ|WAIT|DOWNLOAD)_|^SUBSCRIBE$/.test(callType);
}

/** A server that starts: before its routes are there, while it recovers, while no master leads. */
const isStarting = (status: number | undefined, answer: string | undefined): boolean =>
  status === 503 || (status === 404 && /^404 Not Found/.test(answer ?? ''));

/** Whether it was the time that ran out: the server hangs, and another try would hang as long. */
function ranOutOfTime(error: MesosError): boolean {
  const { code } = (error.cause ?? {}) as { readonly code?: string };
  return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
}

/** Whether the call can be sent again, here or elsewhere: it has had no effect, and a later try may do better. */
export function mayTryAgain(error: MesosError, callType: string): boolean {
  if (['NOT_CONNECTED', 'MASTER_NOT_READY', 'REDIRECT_LOOP'].includes(error.code)) return true;
  if (callType !== 'DOWNLOAD_FILE' && isStarting(error.status, error.answer)) return true;
  const isLost = error.code === 'CALL_FATE_UNKNOWN' || error.code === 'CONNECTION_LOST';
  return isLost && isReading(callType) && !ranOutOfTime(error);
}

/** The error where the signal has fired: our own reason, or that of the caller. */
export function stopped(signal: AbortSignal, callType: string): MesosError {
  if (signal.reason instanceof MesosError) return signal.reason;
  return new MesosError('ABORTED', `${callType} was aborted`, { callType, cause: signal.reason });
}

/** The error for a request that got no answer. */
export function requestError(cause: unknown, { callType, url, signal }: RequestContext): MesosError {
  if (cause instanceof MesosError) return cause;
  if (signal.aborted && isReading(callType)) return stopped(signal, callType);
  const setting = tlsSetting(cause);
  const details = { callType, cause, ...(setting !== undefined && { setting }) };
  const failure = `${url.href}: ${signal.aborted ? 'aborted while it was sent' : describeFailure(cause)}`;
  if (setting !== undefined)
    return new MesosError('TLS_REFUSED', `${callType} was not sent: ${failure}`, details);
  return happenedWhileConnecting(cause)
    ? new MesosError('NOT_CONNECTED', `${callType} was not sent: ${failure}`, details)
    : new MesosError('CALL_FATE_UNKNOWN', `${callType} has no answer: ${failure}`, details);
}

const words = (status: number, answer: string): string =>
  answer === '' ? `status ${status}` : `${status} ${answer}`;

/** The error for an answer that is no success. */
export function refusalError(
  target: OperatorTarget,
  { callType, url }: Pick<RequestContext, 'callType' | 'url'>,
  { status, text }: { readonly status: number; readonly text: string },
): MesosError {
  const details = { status, callType, answer: text };
  const message = `${url.href} answered ${callType} with ${words(status, text)}`;
  // There the same words mean that there is no such file.
  const isFile = callType === 'DOWNLOAD_FILE';
  if (target === 'master' && !isFile && isStarting(status, text))
    return new MesosError('MASTER_NOT_READY', message, details);
  // A proxy in between does not know what became of it.
  if (status === 502 || status === 504) return new MesosError('CALL_FATE_UNKNOWN', message, details);
  return new MesosError('CALL_REFUSED', message, details);
}
