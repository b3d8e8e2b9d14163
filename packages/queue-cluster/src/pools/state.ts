import type { Decision } from './decisions.ts';
import type { PoolEvent } from './events.ts';
import { foldEvents, type Ledger } from './ledger.ts';
import { noSight, type Sight } from './sight.ts';

/** All that `decide` goes by. */
export interface PoolsState {
  /** The fold of the journal. */
  readonly ledger: Ledger;
  /** What this launcher has seen; lost with it. */
  readonly sight: Sight;
}

/** The clock, and chance. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A name for a new pilot of a pool, unique for ever. */
  readonly newName: (pool: string) => string;
}

/** What `decide` answers. */
export interface Outcome {
  readonly state: PoolsState;
  /** For the journal: on the disk before any decision is carried out. */
  readonly events: readonly PoolEvent[];
  readonly decisions: readonly Decision[];
}

/** Where a launcher begins: with what the journal says. */
export function beginWith(events: Iterable<PoolEvent>): PoolsState {
  return { ledger: foldEvents(events), sight: noSight };
}
