import type { Offer } from '../ports/driver.ts';
import type { AgentEntry } from './cluster-agents.ts';
import type { SlotSpecials, TakenSpecials } from './slot-specials.ts';

/** Numbers what one agent holds out for one role. */
export type SlotNumber = number;

/** One agent's resources for one role. */
export interface Slot {
  readonly number: SlotNumber;
  readonly agent: AgentEntry;
  readonly role: string | undefined;
  /** What it is made of; empty while nothing is held out. */
  offers: Offer[];
  /**
   * What it held out last, if that was given back: as far as anybody knows, it is still free. Its amounts and specials
   * are left as they were, as mostly the same is offered again.
   */
  givenBack: readonly Offer[];
  /** In which round it was given back; -1: something changed since that may make it of use to others. */
  givenBackAt: number;
  /** The version of its agent at that time. */
  version: number;
  /** Whether something was taken and given back while it was open, so that some may have found no place. */
  wasUsed: boolean;
  /** Absent while nothing of the kind was offered. */
  specials: SlotSpecials | undefined;
}

/** What was taken of a slot, for those who may have to give it back. */
export type Taken = TakenSpecials | undefined;

/**
 * Who may use a slot: anybody, some (its agent is kept for somebody), or nobody, because nothing is held out or a task
 * has the agent for itself.
 */
export const slotStates = { open: 0, kept: 1, closed: 2 } as const;
