import type { Cluster } from '../cluster/cluster.ts';
import type { Slot, Taken } from '../cluster/slot.ts';
import type { FairShares } from '../fairness/fair-shares.ts';
import type { KeptAgents } from '../fairness/kept-agents.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { DemandClass, DemandClasses } from './demand-classes.ts';
import type { Occupant, Occupants } from './occupants.ts';
import type { ReadyGang } from './ready-gang.ts';
import type { WaitingEntry } from './waiting-list.ts';

/** What a round works on. */
export interface RoundContext {
  readonly cluster: Cluster;
  readonly classes: DemandClasses;
  readonly shares: FairShares;
  readonly occupants: Occupants;
  readonly kept: KeptAgents;
  readonly policy: SchedulingPolicy;
}

/** A task that was given a place in this round. */
export interface HeldTask {
  readonly entry: WaitingEntry;
  readonly demandClass: DemandClass;
  readonly occupant: Occupant;
  readonly slot: Slot;
  readonly taken: Taken;
  /** The gang that has all its places in this round or none. */
  readonly gang: ReadyGang | undefined;
}
