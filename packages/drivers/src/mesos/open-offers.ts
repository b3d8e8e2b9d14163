import type { mesos } from '@galaxy-mesos/mesos-client';
import type { OfferId } from '@galaxy-mesos/scheduler';
import { DriverError } from '../errors.ts';
import { roleOf } from './agent-facts.ts';

/** What there is of offers that were asked for. */
export interface ClosedOffers {
  readonly offers: readonly mesos.Offer[];
  /** Those that are not held out, or no longer. */
  readonly missing: readonly OfferId[];
}

/** The offers that a master holds out, as it made them. */
export class OpenOffers {
  readonly #offers = new Map<OfferId, mesos.Offer>();

  open(offer: mesos.Offer): void {
    this.#offers.set(offer.id.value, offer);
  }

  close(id: OfferId): void {
    this.#offers.delete(id);
  }

  /** The connection is lost, and all offers with it. */
  closeAll(): void {
    this.#offers.clear();
  }

  /**
   * Closes offers that are to be accepted together.
   * @throws DriverError OFFERS_DIFFER, and then they stay open
   */
  take(ids: readonly OfferId[]): ClosedOffers {
    const offers: mesos.Offer[] = [];
    const missing: OfferId[] = [];
    for (const id of new Set(ids)) {
      const offer = this.#offers.get(id);
      if (offer === undefined) missing.push(id);
      else offers.push(offer);
    }
    const owners = new Set(offers.map((offer) => JSON.stringify([offer.agent_id.value, roleOf(offer)])));
    if (owners.size > 1) {
      const message = `Offers of one agent and one role can be accepted together, and these are of ${[...owners].join(' and ')}`;
      throw new DriverError('OFFERS_DIFFER', message);
    }
    for (const { id } of offers) this.#offers.delete(id.value);
    return { offers, missing };
  }
}
