import { setTimeout as sleep } from 'node:timers/promises';
import { MesosError, type MesosErrorCode } from '../mesos-error.ts';
import { backoff, maximumMilliseconds } from '../stream/backoff.ts';
import { stopped } from './operator-errors.ts';
import type { MasterEvent, MasterWatchEvent } from './operator-messages.ts';

const finalCodes = new Set<MesosErrorCode>([
  'ABORTED',
  'SESSION_CLOSED',
  'UNAUTHENTICATED',
  'ZOOKEEPER_REFUSED',
  'RECORD_TOO_LARGE',
]);
/** Final at first; later it is rather a fault that passes, for everything was right before. */
const finalAtFirst = new Set<MesosErrorCode>(['CREDENTIAL_UNAVAILABLE', 'TLS_REFUSED']);

function isFinal({ code, status }: MesosError, hasSubscribed: boolean): boolean {
  if (code === 'CALL_REFUSED') return status !== undefined && status < 500;
  return finalCodes.has(code) || (!hasSubscribed && finalAtFirst.has(code));
}

/** Keeps one subscription after another alive; see {@link MasterWatchEvent}. Throws where trying again cannot help. */
export async function* watchMaster(
  subscribe: () => AsyncIterable<MasterEvent>,
  signal: AbortSignal,
): AsyncGenerator<MasterWatchEvent, void, undefined> {
  let hasSubscribed = false;
  let failures = 0;
  let told: string | undefined;
  for (;;) {
    const began = performance.now();
    const subscription = new Subscription(subscribe);
    yield* subscription;
    const { reason, wasSubscribed } = subscription;
    hasSubscribed ||= wasSubscribed;
    if (isFinal(reason, hasSubscribed)) throw reason;
    if (wasSubscribed) yield { type: 'DISCONNECTED', reason };
    // A stream that breaks as soon as it has begun is a failure too, or the master would be asked without pause.
    if (wasSubscribed && performance.now() - began > maximumMilliseconds) failures = 0;
    const milliseconds = backoff(failures++, Math.random());
    if (!wasSubscribed && reason.message !== told) yield { type: 'RETRYING', reason, milliseconds };
    told = wasSubscribed ? undefined : reason.message;
    await sleep(milliseconds, undefined, { signal }).catch(() => {
      throw stopped(signal, 'SUBSCRIBE');
    });
  }
}

/** The events of a subscription; when they have ended, it knows why. */
class Subscription implements AsyncIterable<MasterEvent> {
  readonly #subscribe: () => AsyncIterable<MasterEvent>;
  wasSubscribed = false;
  reason = new MesosError('CONNECTION_LOST', 'the event stream ended');

  constructor(subscribe: () => AsyncIterable<MasterEvent>) {
    this.#subscribe = subscribe;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MasterEvent, void, undefined> {
    try {
      for await (const event of this.#subscribe()) {
        this.wasSubscribed = true;
        yield event;
      }
    } catch (error) {
      if (!(error instanceof MesosError)) throw error;
      this.reason = error;
    }
  }
}
