import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../backend.ts';
import { StoreError } from '../errors.ts';
import { type Database, readMilliseconds, type Statement, type Value } from './database.ts';
import type { PostgresLeadership } from './leadership.ts';

/** After so long without an answer the connection is taken for broken, and the write is sent again. */
const answerMilliseconds = 15_000;
/** More for each value of a large write: ten times what a fast server takes. */
const valueMilliseconds = 0.1;
const retryMilliseconds = 100;

/**
 * A database as its leader uses it: while the server is down it waits for it, as long as the lease lasts. Every write
 * is sent until it is known what became of it. Each has a number, and the server writes each number once: to send it
 * again after a connection has broken is safe, whether it had been written or not.
 */
export class LeaderDatabase {
  readonly #database: Database;
  readonly #leadership: PostgresLeadership;
  #last: number;

  /** `last` is the number of the last write there was. */
  constructor(database: Database, leadership: PostgresLeadership, last: number) {
    this.#database = database;
    this.#leadership = leadership;
    this.#last = last;
  }

  /** Runs a statement that only reads. @throws StoreError */
  read(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#persist(() => this.#database.query(sql, values, readMilliseconds));
  }

  /**
   * Calls a function of the store that writes; for each of several parts, in one transaction.
   * @throws StoreError, and nothing was written; after `DEPOSED` only those who lead now can tell.
   */
  async write(name: string, ...parts: readonly (readonly Value[])[]): Promise<void> {
    // The odd ones are of writes that were made void.
    const first = this.#last - (this.#last % 2) + 2;
    const last = first + 2 * (parts.length - 1);
    try {
      await this.#send(parts.map((values, index) => this.#call(name, first + 2 * index, values)));
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      // Once this number is void or done, the server takes no part that may still be on its way: theirs are lower.
      if (await this.#makeVoid(last)) throw error.cause;
    } finally {
      // Of one that was refused, too: it was made void, or the number was not used, and need not be.
      this.#last = last;
    }
    // It was frozen for longer than its lease, perhaps: then the next leader has read this write, and acts on it.
    this.#leadership.check();
  }

  #call(name: string, number: number, values: readonly Value[]): Statement {
    const placeholders = values.map((_, index) => `$${index + 3}`).join(', ');
    return {
      sql: `SELECT galaxy_mesos.${name}($1, $2, ${placeholders})`,
      values: [this.#leadership.term, number, ...values],
    };
  }

  async #send(calls: readonly Statement[]): Promise<void> {
    const [call, ...others] = calls;
    if (!call) return;
    const milliseconds = answerMilliseconds + Math.max(...calls.map(countOf)) * valueMilliseconds;
    let isFirst = true;
    await this.#persist(async () => {
      const wasFirst = isFirst;
      isFirst = false;
      try {
        // One call needs no transaction: it is one by itself, and is not left open if this process is stopped.
        if (others.length === 0) await this.#database.query(call.sql, call.values, milliseconds);
        else await this.#database.transaction(calls, milliseconds);
      } catch (error) {
        throw wasFirst ? error : unsettled(error);
      }
    });
  }

  /** Sees to it that a write is never done, if it was not by now; false if it was. */
  async #makeVoid(number: number): Promise<boolean> {
    const sql = 'SELECT galaxy_mesos.void_write($1, $2)';
    const [row] = await this.#persist(
      () => this.#database.query(sql, [this.#leadership.term, number], answerMilliseconds),
      // Until that is known nothing can be said of the write, whatever the reason.
      (error) => error instanceof StoreError && error.code !== 'DEPOSED',
    );
    return row?.[0] === true;
  }

  /** Tries again for as long as errors may pass, such as those of a server that does not answer. */
  async #persist<T>(work: () => Promise<T>, isPassing = isUnreachable): Promise<T> {
    for (;;) {
      this.#leadership.check();
      try {
        return await work();
      } catch (error) {
        if (error instanceof StoreError && error.code === 'DEPOSED') this.#leadership.depose(error);
        if (!isPassing(error)) throw error;
      }
      await sleep(retryMilliseconds);
    }
  }
}

const countOf = ({ values }: Statement): number =>
  values.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);

/** Carries an error that does not tell yet whether anything was written. */
class Unsettled extends Error {}

/** What is refused the second time may still be on its way from the first. */
const unsettled = (error: unknown): unknown =>
  error instanceof StoreError && error.code !== 'UNREACHABLE' && error.code !== 'DEPOSED'
    ? new Unsettled(error.message, { cause: error })
    : error;

const isUnreachable = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'UNREACHABLE';
