import { MesosError } from '../mesos-error.ts';
import type { OutgoingCall } from '../stream/call-channel.ts';
import { waitAtMost } from '../stream/wait-at-most.ts';

/** The part of a conversation that an outbox needs. */
export interface Correspondent {
  post(call: OutgoingCall): Promise<void>;
  end(reason: MesosError): void;
}

/**
 * Sends the calls of one subscription, each once the one before was taken. When one gets lost, nothing is sent after
 * it and the subscription is ended: an update that overtook an earlier one of its task would turn their order round.
 */
export class Outbox {
  readonly #correspondent: Correspondent;
  #last: Promise<void> = Promise.resolve();
  #lost: MesosError | undefined;

  constructor(correspondent: Correspondent) {
    this.#correspondent = correspondent;
  }

  /**
   * Resolves once the agent has taken the call. Throws CALL_REFUSED where it will not, SESSION_LOST where the call was
   * not sent, CALL_FATE_UNKNOWN, and whatever else keeps a call from being sent.
   */
  send(call: OutgoingCall): Promise<void> {
    const sent = this.#last.then(() => this.#send(call));
    this.#last = sent.catch(() => {});
    return sent;
  }

  /** Waits until all calls given have their answers, but no longer than this. */
  async drain(milliseconds: number): Promise<void> {
    await waitAtMost(milliseconds, this.#last);
  }

  async #send(call: OutgoingCall): Promise<void> {
    const { type } = call;
    if (this.#lost)
      throw new MesosError('SESSION_LOST', `${type} was not sent: a call before it got lost`, {
        callType: type,
        cause: this.#lost,
      });
    try {
      await this.#correspondent.post(call);
    } catch (error) {
      if (error instanceof MesosError && error.code === 'CALL_REFUSED') throw error;
      this.#lost = new MesosError('CONNECTION_LOST', `${type} did not get through to the agent`, {
        callType: type,
        cause: error,
      });
      this.#correspondent.end(this.#lost);
      throw error;
    }
  }
}
