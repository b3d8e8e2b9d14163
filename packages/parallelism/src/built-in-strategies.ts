import { blocks } from './blocks/blocks.ts';
import { pairs } from './pairs/pairs.ts';
import { records } from './records/records.ts';
import { regions } from './regions/regions.ts';
import { replicate } from './replicate/replicate.ts';
import { scatter } from './scatter/scatter.ts';
import type { Strategy } from './strategy.ts';
import { sweep } from './sweep/sweep.ts';

/** The strategies of this package. */
export const strategies: readonly Strategy[] = [records, blocks, regions, scatter, replicate, sweep, pairs];
