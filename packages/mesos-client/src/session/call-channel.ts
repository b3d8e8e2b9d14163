import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'undici';
import { describeFailure, happenedWhileConnecting, openConnection } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import { callError } from './answers.ts';

export interface CallChannelOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that the master may take for an answer. */
  readonly timeout: number;
}

/**
 * The one connection that carries all calls of a subscription: Mesos keeps the order of calls per connection
 * only, and a LAUNCH overtaken by a RECONCILE would be answered as a task unknown.
 */
export class CallChannel {
  readonly #client: Client;
  readonly #options: CallChannelOptions;

  constructor(options: CallChannelOptions) {
    this.#options = options;
    this.#client = openConnection(options.url.origin, { timeout: options.timeout });
  }

  /** Resolves once the master has taken the call. Throws what {@link callError} makes of an answer, NOT_CONNECTED or CALL_FATE_UNKNOWN. */
  async post(callType: string, body: Uint8Array): Promise<void> {
    const answer = await this.#request(callType, body);
    if (answer.status !== 200 && answer.status !== 202) throw callError(answer, callType);
  }

  /** Takes no more calls and waits until all have their answers, but no longer than this. */
  async drain(milliseconds: number): Promise<void> {
    const timer = new AbortController();
    const tooLong = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([this.#client.close(), tooLong]);
    timer.abort();
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  async #request(callType: string, body: Uint8Array): Promise<{ status: number; text: string }> {
    const { url, headers } = this.#options;
    try {
      const response = await this.#client.request({ method: 'POST', path: url.pathname, headers, body });
      return { status: response.statusCode, text: await response.body.text() };
    } catch (cause) {
      const details = { callType, cause };
      const failure = `${url.origin}: ${describeFailure(cause)}`;
      throw happenedWhileConnecting(cause)
        ? new MesosError('NOT_CONNECTED', `${callType} was not sent: ${failure}`, details)
        : new MesosError('CALL_FATE_UNKNOWN', `${callType} may have arrived or not: ${failure}`, details);
    }
  }
}
