import { leastStartUpSeconds } from './holding.ts';
import type { Pilot } from './ledger.ts';
import type { PoolSetting } from './setting.ts';
import type { Tick } from './tick.ts';

/** What was seen counts half as much after this: where it kept all pilots away, nothing else would ever be seen. */
const halfLifeMs = 3_600_000;

/** How long the pool's pilots take from their start until they have agents, as far as that was seen lately. */
export function startUpSeconds(tick: Tick, { name }: PoolSetting): number {
  const { startUp } = tick.poolSight(name);
  if (startUp === undefined) {
    return leastStartUpSeconds;
  }
  const beyond = startUp.ms / 1000 - leastStartUpSeconds;
  return leastStartUpSeconds + Math.ceil(Math.max(0, beyond) * 0.5 ** ((tick.now - startUp.at) / halfLifeMs));
}

/** A pilot's first agent is there: new pilots take about as long as the last ones did; each counts a third. */
export function noteStartUp(tick: Tick, { name, pool, startedAt, registeredAt }: Pilot): void {
  const { startSeenAt = tick.now } = tick.sightOf(name);
  // Where both came about while nobody looked, it is not known how long it took.
  const isSeen = startSeenAt < tick.now && (tick.rest.master?.since ?? tick.now) <= startSeenAt;
  if (registeredAt !== undefined || startedAt === undefined || !isSeen) {
    return;
  }
  const most = tick.timing.registration * 1000;
  const startUp = Math.min(Math.max(0, tick.now - startedAt), most);
  const { ms: before = startUp } = tick.poolSight(pool).startUp ?? {};
  tick.seePool(pool, { startUp: { ms: before + (startUp - before) / 3, at: tick.now } });
}

/** What was seen of pools may have been mended: they are tried anew. */
export function forgetStartUps(tick: Tick): void {
  for (const { name } of tick.setting.pools) {
    if (tick.poolSight(name).startUp !== undefined) {
      tick.seePool(name, { startUp: undefined });
    }
  }
}
