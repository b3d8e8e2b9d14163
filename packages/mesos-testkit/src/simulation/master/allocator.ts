import type { Random } from '../random.ts';
import { type Bag, containsBag, isEmptyBag } from '../resources/bag.ts';
import { parseReserved } from '../resources/piece-keys.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import type { SimulatedOffer } from '../vocabulary.ts';
import type { AgentEntry } from './agent-entry.ts';
import type { Framework, OfferFilter } from './framework.ts';
import type { OfferTable } from './offer-table.ts';

/** Who may be offered something at the moment. */
interface Claim {
  readonly framework: Framework;
  readonly role: string;
}

/** What an allocator works on. */
export interface AllocatorParts {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly offers: OfferTable;
  readonly entries: ReadonlyMap<string, AgentEntry>;
  readonly frameworks: ReadonlyMap<string, Framework>;
  /** The shortest time that a filter holds, in milliseconds: until the next allocation. */
  readonly interval: number;
}

/** What of an agent's resources a role may be offered: what is reserved for others is not. */
function visibleTo(role: string, bag: Bag): Bag {
  if (bag.others.size === 0) return bag;
  const others = new Map(
    [...bag.others].filter(([key]) => {
      const owner = parseReserved(key)?.reservation.role;
      return owner === undefined || role === owner || role.startsWith(`${owner}/`);
    }),
  );
  return { ...bag, others };
}

/** Offers what is free, all of an agent to whoever has least of the cluster, as Mesos's hierarchical allocator does. */
export class Allocator {
  readonly #parts: AllocatorParts;
  /** Agents of which something may be offered; the others wait for a change. */
  readonly #candidates = new Set<AgentEntry>();
  #total = { cpus: 0, mem: 0, disk: 0 };

  constructor(parts: AllocatorParts) {
    this.#parts = parts;
  }

  /** Something of the agent has become free, or may be offered again. */
  consider(entry: AgentEntry): void {
    this.#candidates.add(entry);
  }

  considerAll(): void {
    for (const entry of this.#parts.entries.values()) this.#candidates.add(entry);
  }

  agentAdded({ agent }: AgentEntry, sign: 1 | -1): void {
    this.#total.cpus += sign * agent.total.cpus;
    this.#total.mem += sign * agent.total.mem;
    this.#total.disk += sign * agent.total.disk;
  }

  /** Makes offers of all there is to offer. */
  allocate(): void {
    const claims = this.#claims();
    if (claims.length === 0 || this.#candidates.size === 0) return;
    const entries = [...this.#candidates];
    this.#parts.random.shuffle(entries);
    const made = new Map<Framework, SimulatedOffer[]>();
    for (const entry of entries) this.#offerAll(entry, claims, made);
    for (const [framework, offers] of made) framework.tell({ type: 'OFFERS', offers });
  }

  /** Nothing that is no more than this is offered for a time. */
  filter(framework: Framework, offers: readonly SimulatedOffer[], refuseSeconds: number): void {
    // As in Mesos: less than nothing is an error that means the default, and 365 days are the most.
    const seconds = refuseSeconds < 0 ? 5 : Math.min(refuseSeconds, 365 * 86_400);
    if (seconds === 0) return;
    const set = offers.map((offer): [SimulatedOffer, OfferFilter] => [offer, { bag: offer.bag }]);
    for (const [{ role, entry }, filter] of set) framework.filtersOf(role).set(entry, filter);
    this.#parts.time.after(Math.max(seconds * 1000, this.#parts.interval), () => {
      for (const [{ role, entry }, filter] of set) {
        const filters = framework.filtersOf(role);
        if (filters.get(entry) !== filter) continue;
        filters.delete(entry);
        this.consider(entry);
      }
    });
  }

  #claims(): Claim[] {
    return [...this.#parts.frameworks.values()].flatMap((framework) =>
      framework.isConnected
        ? framework.info.roles
            .filter((role) => !framework.suppressedRoles.has(role))
            .map((role) => ({ framework, role }))
        : [],
    );
  }

  #offerAll(entry: AgentEntry, claims: readonly Claim[], made: Map<Framework, SimulatedOffer[]>): void {
    this.#candidates.delete(entry);
    const { offers, time } = this.#parts;
    for (const { framework, role } of this.#inOrder(claims)) {
      if (!entry.isOfferable || isEmptyBag(entry.free)) return;
      const bag = visibleTo(role, entry.free);
      if (!this.#isWanted(framework, role, entry, bag)) continue;
      const list = made.get(framework) ?? [];
      list.push(offers.make(framework, role, entry, bag, time.now));
      made.set(framework, list);
    }
  }

  #isWanted(framework: Framework, role: string, entry: AgentEntry, bag: Bag): boolean {
    const filter = framework.filters.get(role)?.get(entry);
    if (filter && containsBag(filter.bag, bag)) return false;
    return framework.wish.wantsAmounts(bag) && framework.wish.wantsAgent(entry);
  }

  #inOrder(claims: readonly Claim[]): readonly Claim[] {
    if (claims.length === 1) return claims;
    const ofRole = new Map<string, number>();
    const shares = new Map<Framework, number>();
    for (const { framework, role } of claims) {
      const share = this.#share(framework);
      shares.set(framework, share);
      ofRole.set(role, (ofRole.get(role) ?? 0) + share);
    }
    return claims.toSorted(
      (a, b) =>
        (ofRole.get(a.role) ?? 0) - (ofRole.get(b.role) ?? 0) ||
        (shares.get(a.framework) ?? 0) - (shares.get(b.framework) ?? 0),
    );
  }

  /** The dominant share: of that resource of which the framework has most. */
  #share({ allocated }: Framework): number {
    const { cpus, mem, disk } = this.#total;
    return Math.max(
      allocated.cpus / Math.max(1, cpus),
      allocated.mem / Math.max(1, mem),
      allocated.disk / Math.max(1, disk),
    );
  }
}
