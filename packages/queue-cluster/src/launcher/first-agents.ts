import type { Wanted, WantedPool } from '../pools/news.ts';
import type { PilotView, PoolView } from '../pools/view.ts';

/** Agents of pools with `first` that have come since people said how many they want at first. */
export interface Arrivals {
  /** `Wanted.at` of that word. */
  readonly wantedAt: number;
  readonly pools: ReadonlyMap<string, { readonly pilots: ReadonlySet<string>; readonly lastAt: number }>;
}

/** Where the last one has come so long ago, the queue lets no more run: those that are there do not wait for others. */
const longestGapMs = 3_600_000;

const poolsBy = (wanted: Wanted, change: (name: string, pool: WantedPool) => WantedPool): Wanted => ({
  ...wanted,
  pools: Object.fromEntries(
    Object.entries(wanted.pools).map(([name, pool]) => [name, change(name, pool)] as const),
  ),
});

/** What is wanted while the agents at first have not come: at least so many, without work too. */
export const untilFirst = (wanted: Wanted): Wanted =>
  poolsBy(wanted, (_, { first = 0, ...pool }) => ({ ...pool, min: Math.max(pool.min, first) }));

/** The agents that have come, with those that are there now: some may have left again before the last one comes. */
export function noteArrivals(
  before: Arrivals | undefined,
  { at, pools }: Wanted,
  pilots: readonly PilotView[],
  now: number,
): Arrivals {
  const known = before?.wantedAt === at ? before.pools : new Map<string, never>();
  const isThere = ({ phase, agentId }: PilotView) => phase === 'registered' && agentId !== undefined;
  const arrived = Object.entries(pools).flatMap(([pool, { first }]) => {
    if (first === undefined) return [];
    const earlier = known.get(pool);
    const there = pilots.filter((pilot) => pilot.pool === pool && isThere(pilot)).map(({ name }) => name);
    const all = new Set([...(earlier?.pilots ?? []), ...there]);
    if (all.size === 0) return [];
    const lastAt = earlier !== undefined && all.size === earlier.pilots.size ? earlier.lastAt : now;
    return [[pool, { pilots: all, lastAt }] as const];
  });
  return { wantedAt: at, pools: new Map(arrived) };
}

/** The pools whose agents at first have come, as far as they ever will. */
export const poolsWithFirst = (wanted: Wanted, { pools }: Arrivals, now: number): readonly string[] =>
  Object.entries(wanted.pools).flatMap(([name, { first }]) => {
    const arrived = pools.get(name);
    if (first === undefined || arrived === undefined) return [];
    return arrived.pilots.size >= first || now - arrived.lastAt >= longestGapMs ? [name] : [];
  });

/** What is wanted once they have. Not by people's word: `at` stays. */
export const afterFirst = (wanted: Wanted, names: readonly string[]): Wanted =>
  poolsBy(wanted, (name, pool) => {
    const { first: _first, ...rest } = pool;
    return names.includes(name) ? rest : pool;
  });

/** Pools as people see them: with the least that they have said. */
export const asSaid = (wanted: Wanted, pools: readonly PoolView[]): readonly PoolView[] =>
  pools.map((pool) => {
    const said = wanted.pools[pool.name];
    return said?.first === undefined ? pool : { ...pool, min: said.min };
  });
