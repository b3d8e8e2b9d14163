import { addBags, type Bag, subtractBags } from '../resources/bag.ts';
import type { SimulatedOffer } from '../vocabulary.ts';
import type { AgentEntry } from './agent-entry.ts';
import type { Framework, MasterTask } from './framework.ts';

/** How often offers ended in which way. */
export interface OfferCounts {
  made: number;
  accepted: number;
  declined: number;
  rescinded: number;
  /** Void because the framework or the master was gone. */
  voided: number;
}

/** Keeps the books of a master: what of each agent is free, offered or in use. */
export class OfferTable {
  readonly counts: OfferCounts = { made: 0, accepted: 0, declined: 0, rescinded: 0, voided: 0 };
  readonly #offers = new Map<string, SimulatedOffer>();
  readonly #masterId: string;
  readonly #freed: (entry: AgentEntry) => void;
  #ids = 0;

  /** `freed` is told of every agent of which something has become free. */
  constructor(masterId: string, freed: (entry: AgentEntry) => void) {
    this.#masterId = masterId;
    this.#freed = freed;
  }

  /** All that are out. */
  get all(): Iterable<SimulatedOffer> {
    return this.#offers.values();
  }

  get count(): number {
    return this.#offers.size;
  }

  find(id: string): SimulatedOffer | undefined {
    return this.#offers.get(id);
  }

  nextId(): string {
    return `${this.#masterId}-O${this.#ids++}`;
  }

  make(framework: Framework, role: string, entry: AgentEntry, bag: Bag, since: number): SimulatedOffer {
    const offer = { id: this.nextId(), frameworkId: framework.id, role, entry, bag, since };
    this.#offers.set(offer.id, offer);
    framework.offers.add(offer);
    entry.offers.add(offer);
    entry.free = subtractBags(entry.free, bag);
    this.#count(framework, bag, 1);
    this.counts.made++;
    return offer;
  }

  /** Takes an offer out, and gives what it held back to its agent. */
  end(offer: SimulatedOffer, framework: Framework, how: Exclude<keyof OfferCounts, 'made'>): void {
    this.#offers.delete(offer.id);
    framework.offers.delete(offer);
    offer.entry.offers.delete(offer);
    offer.entry.free = addBags(offer.entry.free, offer.bag);
    this.#count(framework, offer.bag, -1);
    this.counts[how]++;
    this.#freed(offer.entry);
  }

  rescind(offer: SimulatedOffer, framework: Framework): void {
    this.end(offer, framework, 'rescinded');
    framework.tell({ type: 'RESCIND', offerId: offer.id });
  }

  /** Takes what a task needs. */
  use(task: MasterTask): void {
    task.entry.free = subtractBags(task.entry.free, task.launch.bag);
    this.#count(task.framework, task.launch.bag, 1);
  }

  /** Gives back what a task had. */
  release(task: MasterTask): void {
    task.entry.free = addBags(task.entry.free, task.launch.bag);
    this.#count(task.framework, task.launch.bag, -1);
    this.#freed(task.entry);
  }

  #count({ allocated }: Framework, { cpus, mem, disk }: Bag, sign: 1 | -1): void {
    allocated.cpus += sign * cpus;
    allocated.mem += sign * mem;
    allocated.disk += sign * disk;
  }
}
