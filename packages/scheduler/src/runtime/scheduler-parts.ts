import type { PlacementPolicy } from '../matching/placement-policy.ts';
import type { SchedulingPolicy } from '../model/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterDriver } from '../ports/driver.ts';
import type { TaskStore } from '../ports/store.ts';
import type { SchedulerNotice } from './notice.ts';
import type { SchedulerOptions } from './options.ts';

/** What a {@link Scheduler} is made of. */
export interface SchedulerParts {
  readonly driver: ClusterDriver;
  readonly store: TaskStore;
  /** Told of everything, in order, after it is durable; must not throw. */
  readonly listener?: (notice: SchedulerNotice) => void;
  readonly clock?: Clock;
  readonly options?: Partial<SchedulerOptions>;
  readonly policy?: Partial<SchedulingPolicy>;
  /** The role whose offers tasks take that name none. Default: any of which there are offers. */
  readonly role?: string;
  /** Placement policies of one's own. */
  readonly placements?: readonly PlacementPolicy[];
  /**
   * Once it fires nothing more is written or sent, and the connection is ended: for a scheduler that must leave its
   * tasks to another one, which leads now.
   */
  readonly signal?: AbortSignal;
}
