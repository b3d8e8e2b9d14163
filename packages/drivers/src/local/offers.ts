import {
  type AttemptId,
  addResources,
  describeResources,
  fitsInto,
  type Launch,
  noResources,
  type OfferId,
  type Resources,
  subtractResources,
} from '@galaxy-mesos/scheduler';

/** Resources that are held out under a name. */
export interface OpenOffer {
  readonly id: OfferId;
  readonly resources: Resources;
}

/** What became of one launch of an accepted offer: `refusal` says why it cannot be started. */
export interface Acceptance {
  readonly launch: Launch;
  readonly refusal?: string;
}

/** What is to be done about offers: make one, look again at a time, or nothing until something changes. */
export type NextOffer =
  | { readonly kind: 'offer'; readonly offer: OpenOffer }
  | { readonly kind: 'later'; readonly at: number }
  | { readonly kind: 'nothing' };

/**
 * Keeps count of the resources of one agent: which are in use by attempts, and which are held out. At most
 * one offer is open at a time, of all that is free. Pure: the time is given, in milliseconds of any clock
 * that does not jump.
 */
export class OfferBook {
  readonly #total: Resources;
  readonly #idPrefix: string;
  readonly #users = new Map<AttemptId, Resources>();
  #used = noResources;
  #open: OpenOffer | undefined;
  #declined: { readonly resources: Resources; readonly until: number } | undefined;
  #suppressed = false;
  #count = 0;

  /** Offers are named `<idPrefix>-1`, `<idPrefix>-2`, ...; another prefix for each driver keeps them apart. */
  constructor(total: Resources, idPrefix: string) {
    this.#total = total;
    this.#idPrefix = idPrefix;
  }

  /** What no attempt uses, whether it is held out or not; negative where recovered attempts use too much. */
  get free(): Resources {
    return subtractResources(this.#total, this.#used);
  }

  /** Counts the resources of an attempt as used, whatever was offered: for attempts that are recovered. */
  occupy(attemptId: AttemptId, resources: Resources): void {
    this.release(attemptId);
    this.#users.set(attemptId, resources);
    this.#used = addResources(this.#used, resources);
  }

  /** The attempt has ended. Without effect for one that is not known. */
  release(attemptId: AttemptId): void {
    const resources = this.#users.get(attemptId);
    if (resources === undefined) return;
    this.#users.delete(attemptId);
    this.#used = subtractResources(this.#used, resources);
  }

  /**
   * Uses offers up, of which only one can be open. Launches are taken in order, each as long as what is left of the
   * offer is enough for it.
   */
  accept(offerIds: readonly OfferId[], launches: readonly Launch[]): Acceptance[] {
    const [offerId = ''] = offerIds;
    const other = offerIds.find((id) => id !== this.#open?.id);
    const offer = this.#close(offerIds.find((id) => id === this.#open?.id) ?? '');
    if (offer === undefined || other !== undefined || offerIds.length > 1) {
      const refusal = `Task launched with invalid offers: Offer ${other ?? offerId} is no longer valid`;
      return launches.map((launch) => ({ launch, refusal }));
    }
    this.#declined = undefined;
    let left = offer.resources;
    return launches.map((launch) => {
      if (!fitsInto(launch.resources, left)) return { launch, refusal: tooMuch(launch, offerId, left) };
      left = subtractResources(left, launch.resources);
      this.occupy(launch.attemptId, launch.resources);
      return { launch };
    });
  }

  /** Nothing that fits into this offer is offered again before the time given. Unknown offers are ignored. */
  decline(offerId: OfferId, until: number): void {
    const offer = this.#close(offerId);
    if (offer !== undefined) this.#declined = { resources: offer.resources, until };
  }

  /** No new offers until {@link revive}; one that is open stays valid. */
  suppress(): void {
    this.#suppressed = true;
  }

  /** Offers are wanted again, also of what was declined. */
  revive(): void {
    this.#suppressed = false;
    this.#declined = undefined;
  }

  /** Opens an offer if one is due. */
  next(now: number): NextOffer {
    const { free } = this;
    const hasSomething = free.cpus > 0 || free.mem > 0;
    if (this.#suppressed || this.#open !== undefined || !hasSomething) return { kind: 'nothing' };
    const declined = this.#declined;
    if (declined !== undefined && now < declined.until && fitsInto(free, declined.resources)) {
      return { kind: 'later', at: declined.until };
    }
    this.#count += 1;
    this.#open = { id: `${this.#idPrefix}-${this.#count}`, resources: atLeastNothing(free) };
    return { kind: 'offer', offer: this.#open };
  }

  #close(offerId: OfferId): OpenOffer | undefined {
    if (this.#open?.id !== offerId) return undefined;
    const offer = this.#open;
    this.#open = undefined;
    return offer;
  }
}

const atLeastNothing = ({ cpus, mem, disk }: Resources): Resources => ({
  cpus: Math.max(0, cpus),
  mem: Math.max(0, mem),
  disk: Math.max(0, disk),
});

const tooMuch = (launch: Launch, offerId: OfferId, left: Resources): string =>
  `Task launched with invalid offers: it asks for ${describeResources(launch.resources)}, ` +
  `and of offer ${offerId} there is left ${describeResources(left)}`;
