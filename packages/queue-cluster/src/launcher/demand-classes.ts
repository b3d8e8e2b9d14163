import type { DemandClass } from '../pools/news.ts';
import type { NotedDemand } from '../standing/demand-book.ts';

/** What all frameworks lack, in the words of the pools' core. */
export function demandClassesOf(demands: readonly NotedDemand[]): readonly DemandClass[] {
  return demands.flatMap(({ from, seenAt, classes }) =>
    classes.map(({ mem, disk, ...rest }) => ({ ...rest, memMb: mem, diskMb: disk, from, at: seenAt })),
  );
}
