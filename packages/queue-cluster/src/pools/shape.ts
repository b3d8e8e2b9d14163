import type { Pilot } from './ledger.ts';
import type { PilotShape, PoolSetting } from './setting.ts';
import type { Tick } from './tick.ts';

/** What the pilots of a pool are from now on. */
export function shapeOf(pool: PoolSetting): PilotShape {
  const { fingerprint, dialect, ssh, cpus, memMb, diskMb, gpus, attributes, walltimeSeconds } = pool;
  const { softMarginSeconds, hardMarginSeconds } = pool;
  const disk = diskMb === undefined ? {} : { diskMb };
  const size = { cpus, memMb, ...disk, gpus, walltimeSeconds, softMarginSeconds, hardMarginSeconds };
  return { fingerprint, dialect, ssh, ...size, attributes };
}

/** Whether a pilot is not as those of its pool are from now on: people have changed the pool, or taken it out. */
export function isEarlier(tick: Tick, { pool, shape }: Pilot): boolean {
  return tick.pools.get(pool)?.fingerprint !== shape.fingerprint;
}
