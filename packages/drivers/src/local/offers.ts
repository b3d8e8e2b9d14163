import {
  type AgentResources,
  type AttemptId,
  addResources,
  describeResources,
  fitsInto,
  type Launch,
  type NumberRange,
  noResources,
  type OfferId,
  type Resources,
  subtractResources,
} from '@galaxy-mesos/scheduler';
import { launchUnits } from '../launch-units.ts';
import { withoutNumbers } from '../number-ranges.ts';
import { type Held, heldBy, missingOf } from './held.ts';

/** Resources that are held out under a name. */
export interface OpenOffer {
  readonly id: OfferId;
  readonly resources: AgentResources;
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
  readonly #total: AgentResources;
  readonly #idPrefix: string;
  readonly #users = new Map<AttemptId, Held>();
  #used = noResources;
  #open: OpenOffer | undefined;
  #declined: { readonly resources: Resources; readonly until: number } | undefined;
  #suppressed = false;
  #count = 0;

  /** Offers are named `<idPrefix>-1`, `<idPrefix>-2`, ...; another prefix for each driver keeps them apart. */
  constructor(total: AgentResources, idPrefix: string) {
    this.#total = total;
    this.#idPrefix = idPrefix;
  }

  /** What no attempt uses, whether it is held out or not; negative where recovered attempts use too much. */
  get free(): Resources {
    return subtractResources(this.#total, this.#used);
  }

  /** Counts the resources of an attempt as used, whatever was offered: for attempts that are recovered. */
  occupy(attemptId: AttemptId, held: Held): void {
    this.release(attemptId);
    this.#users.set(attemptId, held);
    this.#used = addResources(this.#used, held.resources);
  }

  /** The attempt has ended. Without effect for one that is not known. */
  release(attemptId: AttemptId): void {
    const held = this.#users.get(attemptId);
    if (held === undefined) return;
    this.#users.delete(attemptId);
    this.#used = subtractResources(this.#used, held.resources);
  }

  /**
   * Uses offers up, of which only one can be open. Launches are taken in order, each as long as what is left of the
   * offer is enough for it, and for all of its group.
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
    return launchUnits(launches).flatMap((unit) => {
      const rest = restOf(left, unit);
      if (typeof rest === 'string') {
        const refusal = tooMuch(rest, offerId, left, unit.length);
        return unit.map((launch) => ({ launch, refusal }));
      }
      left = rest;
      for (const launch of unit) this.occupy(launch.attemptId, heldBy(launch));
      return unit.map((launch) => ({ launch }));
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
    const ports = this.#freePorts();
    const resources = { ...atLeastNothing(free), ...(ports.length > 0 && { ports }) };
    this.#open = { id: `${this.#idPrefix}-${this.#count}`, resources };
    return { kind: 'offer', offer: this.#open };
  }

  #freePorts(): NumberRange[] {
    const used = [...this.#users.values()].flatMap(({ ports }) => ports);
    return withoutNumbers(this.#total.ports ?? [], used);
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

/** What launches that are started together leave, or the name of what there is too little of. */
function restOf(offered: AgentResources, launches: readonly Launch[]): AgentResources | string {
  let left = offered;
  for (const launch of launches) {
    const missing = missingOf(launch, left);
    if (missing !== undefined) return missing;
    const { resources, ports } = heldBy(launch);
    left = { ...subtractResources(left, resources), ports: withoutNumbers(left.ports ?? [], ports) };
  }
  return left;
}

const tooMuch = (missing: string, offerId: OfferId, left: Resources, size: number): string =>
  `Task launched with invalid offers: ${size > 1 ? 'its group' : 'it'} asks for too much of ${missing}, ` +
  `and of offer ${offerId} there is left ${describeResources(left)}`;
