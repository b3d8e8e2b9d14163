import type { AgentId } from '../model/agent.ts';
import type { Offer, OfferId } from '../ports/driver.ts';

/** Offers that came and were not taken in yet, in the order in which they came. */
export class IncomingOffers {
  #offers: Offer[] = [];
  /** How many of them were taken. */
  #taken = 0;

  get size(): number {
    return this.#offers.length - this.#taken;
  }

  add(offers: readonly Offer[]): void {
    for (const offer of offers) this.#offers.push(offer);
  }

  /** Takes out so many at most. */
  take(most: number): readonly Offer[] {
    const offers = this.#offers.slice(this.#taken, this.#taken + most);
    this.#taken += offers.length;
    if (this.size === 0) this.clear();
    return offers;
  }

  rescind(offerId: OfferId): void {
    this.#keep(({ id }) => id !== offerId);
  }

  agentLost(agentId: AgentId): void {
    this.#keep(({ agent }) => agent.id !== agentId);
  }

  clear(): void {
    this.#offers = [];
    this.#taken = 0;
  }

  #keep(isKept: (offer: Offer) => boolean): void {
    if (this.size === 0) return;
    this.#offers = this.#offers.slice(this.#taken).filter(isKept);
    this.#taken = 0;
  }
}
