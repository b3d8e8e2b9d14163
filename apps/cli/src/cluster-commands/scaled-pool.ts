import type { WantedPool } from '@galaxy-mesos/queue-cluster';
import { UsageError } from '../usage-error.ts';

/** What `scale` was told. */
interface Scaling {
  readonly agents?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/**
 * How many pilots a pool is to have from now on. A bound that is not named stays, or gives way to the other one.
 * @throws UsageError if nothing or contrary things are said
 */
export function scaledPool(before: WantedPool, { agents, min, max }: Scaling): WantedPool {
  if (agents !== undefined) {
    if (min !== undefined || max !== undefined) {
      throw new UsageError('--agents means neither more nor fewer: give either it, or --min and --max');
    }
    return { min: agents, max: agents };
  }
  if (min === undefined && max === undefined) {
    throw new UsageError('say how many: --agents, or --min and --max');
  }
  if (min !== undefined && max !== undefined && min > max) {
    throw new UsageError(`--min: expected at most --max, which is ${max}; it is ${min}`);
  }
  return {
    min: min ?? Math.min(before.min, max ?? before.min),
    max: max ?? Math.max(before.max, min ?? before.max),
  };
}
