import { type AttemptState, isTerminal } from '@galaxy-mesos/scheduler';
import type { KnownFrameworkInfo } from '../agent/agent-task.ts';
import type { Bag } from '../resources/bag.ts';
import type { FrameworkEvent, OfferWish, SimulatedOffer, Subscriber, TaskLaunch } from '../vocabulary.ts';
import type { AgentEntry } from './agent-entry.ts';
import { WishCheck } from './wish-check.ts';

/** A task as the master knows it. */
export interface MasterTask {
  readonly framework: Framework;
  readonly entry: AgentEntry;
  readonly launch: TaskLaunch;
  /** What its agent has told last, even if that was not forwarded yet: decides whose the resources are. */
  state: AttemptState;
  /** What was forwarded last; reconciliation tells this. */
  toldState: AttemptState;
  toldUuid: number | undefined;
}

/** Whether a task has its resources no more. */
export const isOver = ({ state }: MasterTask): boolean => isTerminal(state) || state === 'TASK_LOST';

/** Resources that a framework has declined for a time. */
export interface OfferFilter {
  readonly bag: Bag;
}

/** A framework as the master knows it. */
export class Framework {
  info: KnownFrameworkInfo;
  /** Absent while it is not connected. */
  subscriber: Subscriber | undefined;
  readonly tasks = new Map<string, MasterTask>();
  readonly offers = new Set<SimulatedOffer>();
  readonly inverseOffers = new Map<string, string>();
  suppressedRoles = new Set<string>();
  /** By role, then agent. */
  readonly filters = new Map<string, Map<AgentEntry, OfferFilter>>();
  /** Of inverse offers: until when they are not made again, by agent. */
  readonly inverseFilters = new Map<string, number>();
  wish = new WishCheck(undefined);
  /** What it has and is offered, for fair shares. */
  readonly allocated = { cpus: 0, mem: 0, disk: 0 };
  /** Calls off the removal that waits for the failover timeout. */
  cancelRemoval: () => void = () => {};

  constructor(info: KnownFrameworkInfo) {
    this.info = info;
  }

  get id(): string {
    return this.info.id;
  }

  get isConnected(): boolean {
    return this.subscriber !== undefined;
  }

  tell(event: FrameworkEvent): void {
    this.subscriber?.hear(event);
  }

  setWish(wish: OfferWish | undefined): void {
    this.wish = new WishCheck(wish);
  }

  filtersOf(role: string): Map<AgentEntry, OfferFilter> {
    const found = this.filters.get(role);
    if (found) return found;
    const made = new Map<AgentEntry, OfferFilter>();
    this.filters.set(role, made);
    return made;
  }
}
