/** How often the master is told whether offers are wanted, in milliseconds. */
export interface OfferFlowOptions {
  /** So many revivals may follow one another at once, before the interval is kept: bursts are short. */
  readonly reviveBurst: number;
  /** Between two revivals: each makes the master forget all refusals, which costs it and everybody else a round. */
  readonly reviveInterval: number;
  /** Without anything waiting for so long, offers are not wanted: jobs that follow one another need no call each. */
  readonly idlePatience: number;
}

/** What is used where nothing else is given. */
const defaultOfferFlow: OfferFlowOptions = { reviveInterval: 5000, reviveBurst: 3, idlePatience: 500 };

/** What the driver is to be told. */
export type OfferCall = 'revive' | 'suppress';

/**
 * When the cluster is told that offers are wanted, or are not. Knows only what it was told; all times are in
 * milliseconds on the clock that never jumps.
 */
export class OfferFlow {
  readonly #options: OfferFlowOptions;
  /** The last call that took effect, as far as is known; unknown after the connection was lost. */
  #last: OfferCall | undefined;
  /** When the next revival would be due if they had come one in each interval. */
  #regularRevival = Number.NEGATIVE_INFINITY;
  /** When the last task that waited was placed; absent while one waits. */
  #idleSince: number | undefined;
  #isRenewalDue = false;

  constructor(now: number, options: OfferFlowOptions = defaultOfferFlow) {
    this.#options = options;
    this.#idleSince = now;
  }

  /** Tells whether any task waits for an offer. */
  waiting(isAnyWaiting: boolean, now: number): void {
    if (isAnyWaiting) this.#idleSince = undefined;
    else this.#idleSince ??= now;
  }

  /** Offers that were refused may be of use now, or others are wished for. */
  renew(): void {
    this.#isRenewalDue = true;
  }

  /** Nobody knows any more what the cluster was told: it connected anew, or the last call did not get through. */
  lost(): void {
    this.#last = undefined;
  }

  /** Milliseconds on the clock at which {@link OfferFlow.take} will have a call; `Infinity` if nothing is to be said. */
  get nextDeadline(): number {
    if (this.#idleSince !== undefined) {
      return this.#last === 'suppress'
        ? Number.POSITIVE_INFINITY
        : this.#idleSince + this.#options.idlePatience;
    }
    if (this.#last === 'revive' && !this.#isRenewalDue) return Number.POSITIVE_INFINITY;
    return this.#regularRevival - (this.#options.reviveBurst - 1) * this.#options.reviveInterval;
  }

  /** The call to be made now, if any; it is taken for made. */
  take(now: number): OfferCall | undefined {
    if (now < this.nextDeadline) return undefined;
    this.#last = this.#idleSince === undefined ? 'revive' : 'suppress';
    if (this.#last === 'revive') {
      this.#regularRevival = Math.max(now, this.#regularRevival) + this.#options.reviveInterval;
      this.#isRenewalDue = false;
    }
    return this.#last;
  }
}
