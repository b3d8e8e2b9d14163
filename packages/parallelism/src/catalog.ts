import { strategies } from './built-in-strategies.ts';
import { merges } from './merges/built-in-merges.ts';
import type { Merge } from './merges/merge.ts';
import type { Strategy } from './strategy.ts';

/** The strategies and merges that jobs can name. */
export interface Catalog {
  readonly strategies: readonly Strategy[];
  readonly merges: readonly Merge[];
}

/** What a module of a contributor brings, as its default export. */
export type Contribution = Partial<Catalog>;

/** What is there without anybody's contribution. */
export const builtIn: Catalog = { strategies, merges };
