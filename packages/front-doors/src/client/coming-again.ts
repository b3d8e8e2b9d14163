import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from './client-error.ts';

const firstWait = 250;
/** Long enough not to wear out a daemon that is just being started, short enough to be there soon after. */
const longestWait = 10_000;

/** What may be over by the next try: a daemon that is started anew, a proxy before it that says so. */
const passing: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'UNAVAILABLE',
  'NOT_A_DAEMON',
  'TOO_MANY_REQUESTS',
]);

/** Decides whether and when to come again. */
export class ComingAgain {
  readonly #signal: AbortSignal | undefined;
  readonly #interrupted: ((error: ClientError) => void) | undefined;
  #hasBeenThere = false;
  #wait = 0;

  constructor(signal: AbortSignal | undefined, interrupted: ((error: ClientError) => void) | undefined) {
    this.#signal = signal;
    this.#interrupted = interrupted;
  }

  /** The daemon answered. */
  there(): void {
    this.#hasBeenThere = true;
    this.#wait = 0;
  }

  /**
   * Waits for the next try, longer each time.
   * @throws the error if it was like that from the beginning, or coming again is of no use
   */
  async after(error: unknown): Promise<void> {
    if (!this.#hasBeenThere || !(error instanceof ClientError) || !passing.has(error.code)) throw error;
    this.#interrupted?.(error);
    this.#wait = Math.min(longestWait, this.#wait * 2 || firstWait);
    await this.pause(this.#wait);
  }

  /** Waits, not longer than until the signal is aborted; whoever loops ends by itself then. */
  async pause(milliseconds: number = firstWait): Promise<void> {
    const signal = this.#signal;
    await sleep(milliseconds, undefined, { ...(signal && { signal }) }).catch(() => {});
  }
}
