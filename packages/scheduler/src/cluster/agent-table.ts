import type { AgentResources } from '../model/amounts.ts';
import type { Offer, OfferId } from '../ports/driver.ts';
import type { AgentEntry } from './cluster-agents.ts';
import { Columns, type PoolColumns } from './columns.ts';
import type { Demand } from './demand.ts';
import { isSameOffered } from './is-same-offered.ts';
import { NumberSet } from './number-set.ts';
import { type Slot, type SlotNumber, slotStates, type Taken } from './slot.ts';
import { SlotSpecials } from './slot-specials.ts';

const firstCapacity = 64;

/**
 * What is free at the moment, one slot for each agent and role. Amounts stand in columns of integer thousandths, an
 * array for each kind, so that one demand is compared with thousands of slots at the speed of memory, and sums stay
 * exact: offers of one agent and role are added up here, because they can be accepted together. Reserved, revocable
 * and oddly named amounts have columns only once somebody offers them; ports and the like stay out of the columns.
 *
 * The log of changes is what those who keep queues of slots catch up by. It is cut at the end of a round.
 */
export class AgentTable {
  readonly columns = new Columns(firstCapacity);
  /** By slot, one of {@link slotStates}. */
  states = new Uint8Array(firstCapacity).fill(slotStates.closed);
  /** By slot, the last place in {@link log} where it stands, or -1. */
  lastChange = new Int32Array(firstCapacity).fill(-1);
  /** Slots in the order in which their free amounts changed, since the last {@link endRound}. */
  readonly log: SlotNumber[] = [];
  /** Slots in which more may be free than before, since whoever reads them last cleared them. */
  readonly grown = new Set<SlotNumber>();
  #capacity = firstCapacity;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #free: SlotNumber[] = [];
  readonly #slotsOfAgent = new Map<AgentEntry, Slot[]>();
  readonly #live = new NumberSet();
  /** Made when it is asked for, which is when an offer is rescinded. */
  #slotOfOffer: Map<OfferId, Slot> | undefined;
  #rounds = 0;
  /** The last round in which somebody found no place. */
  #vetoedAt = 0;

  /** Free cores, memory and disk, whoever they are for. */
  get any(): PoolColumns {
    return this.columns.any;
  }

  get gpus(): Float64Array {
    return this.columns.gpus;
  }

  /** The slot of a number that is in use. */
  slot(number: SlotNumber): Slot {
    return this.#slots[number] as Slot;
  }

  /** The slot of a number, if there is one. */
  find(number: SlotNumber): Slot | undefined {
    return this.#slots[number];
  }

  /** All slots that hold something out, in ascending order of their numbers. */
  live(): Slot[] {
    const live: Slot[] = [];
    for (const number of this.#live.ascending()) live.push(this.slot(number));
    return live;
  }

  /** The slots of an agent, one for each role that it was offered for. */
  slotsOf(agent: AgentEntry): readonly Slot[] {
    return this.#slotsOfAgent.get(agent) ?? [];
  }

  slotOfOffer(id: OfferId): Slot | undefined {
    this.#slotOfOffer ??= new Map(
      this.live().flatMap((slot) => slot.offers.map((offer) => [offer.id, slot])),
    );
    const slot = this.#slotOfOffer.get(id);
    return slot?.offers.some((offer) => offer.id === id) ? slot : undefined;
  }

  /**
   * Adds what an agent holds out to its slot. Those who found no place need not look at it again if it holds out what
   * it did when they looked.
   */
  add(offer: Offer, agent: AgentEntry): Slot {
    const slot = this.#slotFor(agent, offer.role);
    this.#slotOfOffer = undefined;
    if (this.#isAsBefore(slot, offer)) {
      this.#open(slot, offer);
      return slot;
    }
    if (slot.offers.length === 0 && slot.givenBack.length > 0) this.#empty(slot);
    slot.givenBack = nothingOffered;
    this.#open(slot, offer);
    this.#fill(slot, offer.resources);
    this.grown.add(slot.number);
    this.changed(slot.number);
    return slot;
  }

  /** To be called when somebody found no place: what is not held out now is news to it when it comes. */
  noteVeto(): void {
    this.#vetoedAt = this.#rounds;
  }

  /** Takes an offer out of its slot, of which nothing may be taken at the moment. */
  removeOffer(id: OfferId): void {
    const slot = this.slotOfOffer(id);
    if (!slot) return;
    const others = slot.offers.filter((offer) => offer.id !== id);
    this.clear(slot);
    for (const offer of others) this.add(offer, slot.agent);
  }

  /** Closes a slot of which nothing is taken: all that it holds out is given back. */
  giveUp(slot: Slot): void {
    // Of two that are the same the older one is kept: objects that die young cost nothing.
    if (slot.givenBack.length === 0) slot.givenBack = slot.offers;
    slot.givenBackAt = slot.wasUsed ? -1 : this.#rounds;
    slot.version = slot.agent.version;
    this.#close(slot);
  }

  /** Forgets what a slot holds out. */
  clear(slot: Slot): void {
    this.#close(slot);
    this.#empty(slot);
    this.changed(slot.number);
  }

  /** Gives up the slots of an agent that is gone; their numbers are used again. */
  dropAgent(agent: AgentEntry): void {
    for (const slot of this.slotsOf(agent)) {
      this.clear(slot);
      this.#slots[slot.number] = undefined;
      this.#free.push(slot.number);
    }
    this.#slotsOfAgent.delete(agent);
  }

  /** Notes that whoever keeps the slot in a queue must look at it again. */
  changed(number: SlotNumber): void {
    this.lastChange[number] = this.log.length;
    this.log.push(number);
  }

  /** To be called when it changed whether a task has the agent for itself, or whether it is kept for somebody. */
  agentChanged(agent: AgentEntry): void {
    for (const slot of this.slotsOf(agent)) {
      this.#setState(slot);
      this.changed(slot.number);
      this.grew(slot);
    }
  }

  /** Notes that a slot may serve for more than before. */
  grew(slot: Slot): void {
    if (slot.offers.length === 0) {
      slot.givenBackAt = -1;
      return;
    }
    this.grown.add(slot.number);
    this.changed(slot.number);
  }

  /** To be called at the end of a round: empties the log, and takes nothing for grown any more. */
  endRound(): void {
    this.#rounds++;
    this.grown.clear();
    for (const number of this.log) this.lastChange[number] = -1;
    this.log.length = 0;
  }

  /** Whether a slot has all that a demand asks for. */
  fits(number: SlotNumber, demand: Demand): boolean {
    return this.columns.fit(number, demand) && this.fitsOtherwise(number, demand);
  }

  /** The part of {@link fits} that is not about cores, memory, disk and graphics processors. */
  fitsOtherwise(number: SlotNumber, demand: Demand): boolean {
    if (demand.scalars.length > 0 && !this.columns.fitScalars(number, demand)) return false;
    return !demand.special || (this.slot(number).specials?.fits(demand) ?? false);
  }

  /** Takes what a demand asks for; to be called only if it {@link fits}. */
  take(number: SlotNumber, demand: Demand): Taken {
    this.columns.move(number, demand, -1);
    const { specials } = this.slot(number);
    const taken = specials && (demand.special || specials.anyReserved) ? specials.take(demand) : undefined;
    if (specials?.anyReserved) this.#countUnreserved(number, specials);
    this.changed(number);
    return taken;
  }

  /** Undoes a {@link take}. */
  giveBack(number: SlotNumber, demand: Demand, taken: Taken): void {
    this.columns.move(number, demand, 1);
    const slot = this.slot(number);
    const { specials } = slot;
    slot.wasUsed = true;
    if (specials && taken) specials.giveBack(demand, taken);
    if (specials?.anyReserved) this.#countUnreserved(number, specials);
    this.changed(number);
  }

  #countUnreserved(number: SlotNumber, specials: SlotSpecials): void {
    this.columns.countUnreserved(number, (name) => specials.reserved(name));
  }

  #fill(slot: Slot, resources: AgentResources): void {
    this.columns.add(slot.number, resources);
    if (resources.gpus) slot.agent.gpus = true;
    if (!isSpecial(resources)) return;
    slot.specials ??= new SlotSpecials();
    slot.specials.add(resources);
    if (slot.specials.anyReserved) this.#countUnreserved(slot.number, slot.specials);
  }

  #setState({ number, agent, offers }: Slot): void {
    const { open, kept, closed } = slotStates;
    if (offers.length === 0 || agent.taken) this.states[number] = closed;
    else this.states[number] = agent.kept ? kept : open;
  }

  #slotFor(agent: AgentEntry, role: string | undefined): Slot {
    const siblings = this.slotsOf(agent);
    for (const slot of siblings) if (slot.role === role) return slot;
    const number = this.#free.pop() ?? this.#slots.length;
    if (number >= this.#capacity) this.#grow();
    const closed = { offers: [], givenBack: nothingOffered, givenBackAt: -1, version: 0, wasUsed: false };
    const slot: Slot = { number, agent, role, ...closed, specials: undefined };
    this.#slots[number] = slot;
    this.#setState(slot);
    this.#slotsOfAgent.set(agent, [...siblings, slot]);
    return slot;
  }

  #isAsBefore({ agent, offers, givenBack, givenBackAt, version }: Slot, { resources }: Offer): boolean {
    const [before, second] = givenBack;
    if (!before || second || offers.length > 0 || givenBackAt < this.#vetoedAt) return false;
    if (agent.version !== version || agent.kept || agent.facts.unavailability) return false;
    return isSameOffered(before.resources, resources);
  }

  #open(slot: Slot, offer: Offer): void {
    if (slot.offers.length === 0) slot.wasUsed = false;
    slot.offers.push(offer);
    this.#live.add(slot.number);
    this.#setState(slot);
  }

  #close(slot: Slot): void {
    slot.offers = [];
    this.#live.delete(slot.number);
    this.states[slot.number] = slotStates.closed;
    this.grown.delete(slot.number);
  }

  #empty(slot: Slot): void {
    const { number } = slot;
    slot.givenBack = nothingOffered;
    slot.specials = undefined;
    this.columns.empty(number);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.columns.grow();
    const { lastChange, states } = this;
    this.states = new Uint8Array(this.#capacity).fill(slotStates.closed);
    this.states.set(states);
    this.lastChange = new Int32Array(this.#capacity).fill(-1);
    this.lastChange.set(lastChange);
  }
}

const nothingOffered: readonly Offer[] = [];

const isSpecial = ({ ports, sets, volumes, disks, reserved }: AgentResources): boolean =>
  ports !== undefined ||
  sets !== undefined ||
  volumes !== undefined ||
  disks !== undefined ||
  reserved !== undefined;
