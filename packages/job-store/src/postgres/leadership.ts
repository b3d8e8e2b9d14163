import type { Leadership } from '../backend.ts';
import { StoreError } from '../errors.ts';
import type { Database } from './database.ts';
import { takeSession } from './sessions.ts';

/** A term that has begun. */
export interface Term {
  readonly number: number;
  readonly session: number;
  readonly leaseSeconds: number;
  /** When it was asked for, by `performance.now()`: the lease counts from there. */
  readonly since: number;
}

/** Of the lease that is not used, so that clocks may differ in speed by so much. */
const marginShare = 0.1;
/** How often in a lease it is renewed. */
const renewalsPerLease = 3;
const retryMilliseconds = 100;

/**
 * Says again and again that this process is alive, and stops believing to lead before anybody else may believe it to
 * be dead. Only clocks that never jump are used, and each process's own: those who stand by measure from the moment
 * they saw a sign of life, which is later than the one from which this measures.
 */
export class PostgresLeadership implements Leadership {
  readonly term: number;
  readonly #database: Database;
  readonly #lost = new AbortController();
  readonly #leaseMilliseconds: number;
  #session: number;
  #deadline: number;
  #deadlineTimer: NodeJS.Timeout | undefined;
  #renewalTimer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #over = false;

  constructor(database: Database, term: Term) {
    this.#database = database;
    this.term = term.number;
    this.#session = term.session;
    this.#leaseMilliseconds = term.leaseSeconds * 1000;
    this.#deadline = term.since;
    this.#extend(term.since);
    this.#renewLater(this.#leaseMilliseconds / renewalsPerLease);
    // At once, before those who stand by believe that the process has ended with its connection.
    database.onBreak = () => this.#renewLater(0);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * @throws StoreError `DEPOSED` if it is over: by the clock, too, for a process that was stopped finds its timers late.
   */
  check(): void {
    if (!this.#over && performance.now() >= this.#deadline) this.#lapse();
    if (this.#over) throw this.#lost.signal.reason ?? this.#deposed('this process has resigned');
  }

  /** Ends it, whatever the clock says. */
  depose(error: StoreError): void {
    if (this.#over) return;
    this.#end();
    this.#database.destroy();
    this.#lost.abort(error);
  }

  /** Lets others lead at once; they find out by themselves if they cannot be told. */
  async resign(): Promise<void> {
    const wasOver = this.#over;
    this.#end();
    await this.#renewing?.catch(() => {});
    if (!wasOver)
      await this.#database
        .query(
          'UPDATE galaxy_mesos.leadership SET session = NULL, beat = beat + 1 WHERE term = $1',
          [this.term],
          this.#leaseMilliseconds,
        )
        .catch(() => []);
    await this.#database.close();
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#deadlineTimer);
    clearTimeout(this.#renewalTimer);
  }

  #extend(since: number): void {
    this.#deadline = since + this.#leaseMilliseconds * (1 - marginShare);
    clearTimeout(this.#deadlineTimer);
    this.#deadlineTimer = setTimeout(() => this.#lapse(), Math.max(0, this.#deadline - performance.now()));
  }

  #lapse(): void {
    const seconds = this.#leaseMilliseconds / 1000;
    this.depose(
      this.#deposed(`the lease of ${seconds} s could not be kept: another process may lead by now`),
    );
  }

  #renewLater(milliseconds: number): void {
    clearTimeout(this.#renewalTimer);
    // One that is under way sees to the next.
    if (this.#over || this.#renewing) return;
    this.#renewalTimer = setTimeout(() => void this.#renewAndGoOn(), milliseconds);
  }

  /** Never rejects: what goes wrong for too long ends the term. */
  async #renewAndGoOn(): Promise<void> {
    const interval = this.#leaseMilliseconds / renewalsPerLease;
    this.#renewing = this.#renew(interval);
    const isRenewed = await this.#renewing.then(
      () => true,
      () => false,
    );
    this.#renewing = undefined;
    this.#renewLater(isRenewed ? interval : retryMilliseconds);
  }

  async #renew(milliseconds: number): Promise<void> {
    const since = performance.now();
    const isKept = await this.#sayAlive(milliseconds);
    if (this.#over) return;
    if (isKept) this.#extend(since);
    else this.depose(this.#deposed('another process has taken it over'));
  }

  async #sayAlive(milliseconds: number): Promise<boolean> {
    // On a connection that was made anew the lock must be taken again, under another number: the old may still be held.
    this.#session = await takeSession(this.#database, this.#session, milliseconds);
    const rows = await this.#database.query(
      `UPDATE galaxy_mesos.leadership SET beat = beat + 1, session = $2, server_started = pg_postmaster_start_time()
       WHERE term = $1 RETURNING true`,
      [this.term, this.#session],
      milliseconds,
    );
    return rows.length > 0;
  }

  #deposed(message: string): StoreError {
    return new StoreError('DEPOSED', this.#database.location, `${message}; open it again to stand by`);
  }
}
