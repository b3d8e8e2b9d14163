import { compareVirtualOffsets } from '../bgzf/virtual-offset.ts';
import type { Chunk } from './binning-index.ts';

/** Stretches in rising order, those that touch or overlap as one: what is in several of them is there once. */
export const joinStretches = (stretches: readonly Chunk[]): readonly Chunk[] => {
  const joined: Chunk[] = [];
  for (const stretch of stretches.toSorted((a, b) => compareVirtualOffsets(a.from, b.from))) {
    const last = joined.at(-1);
    if (last === undefined || compareVirtualOffsets(last.to, stretch.from) < 0) joined.push(stretch);
    else if (compareVirtualOffsets(last.to, stretch.to) < 0)
      joined.splice(-1, 1, { from: last.from, to: stretch.to });
  }
  return joined;
};
