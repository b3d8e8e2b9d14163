import { hostname } from 'node:os';
import type { Row } from '../backend.ts';
import { StoreError } from '../errors.ts';
import { pause } from '../turns.ts';
import type { Database } from './database.ts';
import type { Term } from './leadership.ts';
import { migrations } from './migrations.ts';
import { sessionEnded, takeSession } from './sessions.ts';

/** What stands in the row of the leadership, and since when it has stood there for this process. */
interface Sight {
  readonly term: number;
  readonly beat: number;
  readonly leaseSeconds: number;
  readonly holder: string;
  /** Nobody leads: the last who did has resigned. */
  readonly isFree: boolean;
  /** The connection of whoever leads is still there. */
  readonly isHeld: boolean;
  /** The server has not been started anew since. Then a connection ends with its process, and not before. */
  readonly isSameServer: boolean;
  readonly since: number;
}

const answerMilliseconds = 5000;
const lookMilliseconds = 250;

/**
 * Somebody who wants to lead. It may begin a term where the last leader has resigned; where its process has ended,
 * seen twice, so that one whose connection alone broke can make another; or where it has given no sign of life for as
 * long as its lease is, by this process's own clock.
 */
export class Candidate {
  readonly #leaseSeconds: number;
  readonly #signal: AbortSignal | undefined;
  #seen: Sight | undefined;

  /** `signal` ends the waiting for a lease to end: `stand` then rejects with its reason. */
  constructor(leaseSeconds: number, signal: AbortSignal | undefined) {
    this.#leaseSeconds = leaseSeconds;
    this.#signal = signal;
  }

  /** Begins a term. @throws StoreError `LOCKED` if another process leads; calling again later goes on with what was seen. */
  async stand(database: Database): Promise<Term> {
    for (;;) {
      const before = this.#seen;
      const sight = await this.#look(database);
      this.#seen = sight;
      if (mayBegin(before, sight)) {
        const term = await this.#begin(database, sight);
        if (term) return term;
      } else if (sight.isHeld && before?.isHeld) throw locked(database, sight);
      await pause(lookMilliseconds, this.#signal);
    }
  }

  async #look(database: Database): Promise<Sight> {
    const [row] = await database.query(
      `SELECT l.term, l.beat, l.lease_seconds, l.holder, l.session IS NULL,
       l.session IS NOT NULL AND NOT ${sessionEnded('l.session')},
       l.server_started IS NOT DISTINCT FROM pg_postmaster_start_time(), f.schema_version
       FROM galaxy_mesos.leadership AS l, galaxy_mesos.fence AS f`,
      [],
      answerMilliseconds,
    );
    checkVersion(database, row);
    const sight = toSight(row);
    if (!sight) throw new StoreError('UNREADABLE', database.location, 'the table leadership is damaged');
    const isSame = this.#seen?.term === sight.term && this.#seen.beat === sight.beat;
    return isSame ? { ...sight, since: this.#seen?.since ?? sight.since } : sight;
  }

  /** `undefined` if another was faster. */
  async #begin(database: Database, { term, beat }: Sight): Promise<Term | undefined> {
    const since = performance.now();
    const session = await takeSession(database, undefined, answerMilliseconds);
    // Waits for a write of the last term that is under way: the fence is locked by it.
    const rows = await database.query(
      `WITH begun AS (
         UPDATE galaxy_mesos.leadership SET term = term + 1, beat = 0, session = $3, holder = $4, lease_seconds = $5,
         server_started = pg_postmaster_start_time() WHERE term = $1 AND beat = $2 RETURNING term
       ) UPDATE galaxy_mesos.fence SET term = begun.term FROM begun RETURNING fence.term`,
      [term, beat, session, `process ${process.pid} of ${hostname()}`, this.#leaseSeconds],
      answerMilliseconds,
    );
    const number = rows[0]?.[0];
    return typeof number === 'number'
      ? { number, session, leaseSeconds: this.#leaseSeconds, since }
      : undefined;
  }
}

const locked = ({ location }: Database, { holder }: Sight): StoreError =>
  new StoreError('LOCKED', location, `${holder} leads; wait for that one or stop it`);

function checkVersion({ location }: Database, row: Row | undefined): void {
  const version = Number(row?.[7]);
  if (version <= migrations.length) return;
  const message = `it was written by a later version (schema ${version}, known here: ${migrations.length}); update galaxy-mesos`;
  throw new StoreError('TOO_NEW', location, message);
}

function toSight(row: Row | undefined): Sight | undefined {
  const [term, beat, leaseSeconds, holder, isFree, isHeld, isSameServer] = row ?? [];
  if (typeof term !== 'number' || typeof beat !== 'number' || typeof leaseSeconds !== 'number')
    return undefined;
  return {
    term,
    beat,
    leaseSeconds,
    holder: String(holder),
    isFree: isFree === true,
    isHeld: isHeld === true,
    isSameServer: isSameServer === true,
    since: performance.now(),
  };
}

function mayBegin(before: Sight | undefined, now: Sight): boolean {
  if (now.isFree) return true;
  // Nothing has been said since the last look: `since` is of the first that saw this.
  const isSilent = before !== undefined && before.since === now.since;
  if (isSilent && !now.isHeld && now.isSameServer && !before.isHeld) return true;
  return performance.now() - now.since >= now.leaseSeconds * 1000;
}
