import type { PilotLimits } from '../pilot/index.ts';
import type { Timing } from '../pools/setting.ts';

/** How often a launcher looks, and how long it waits. Tests and small clusters may shorten it. */
export interface LauncherTiming {
  /** Between two looks at the files and the master, where nothing else happens. */
  readonly tickMilliseconds: number;
  /** How long a launcher that leaves lets queue commands go on that it has begun. */
  readonly partingMilliseconds: number;
  /** What the core of the pools goes by. */
  readonly pools?: Partial<Timing>;
  /** What pilots go by. */
  readonly pilots?: Partial<PilotLimits>;
}

/** Orders of people and agents that come and go are to be seen soon, and file servers are not to notice. */
export const defaultTiming: LauncherTiming = { tickMilliseconds: 3000, partingMilliseconds: 5000 };

/** Whether so long has passed; so it is, too, where the clock was set back since. */
export const hasPassed = (milliseconds: number, { since, now }: { since: number; now: number }): boolean =>
  now < since || now - since >= milliseconds;
