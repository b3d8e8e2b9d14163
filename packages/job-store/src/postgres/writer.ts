import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import type { Database, Value } from './database.ts';
import type { PostgresLeadership } from './leadership.ts';

/** After so long without an answer the connection is taken for broken, and the write is sent again. */
const answerMilliseconds = 15_000;
const retryMilliseconds = 100;

/**
 * Sends every write until it is known what became of it. Each has a number, and the server writes each number once: to
 * send it again after a connection has broken is safe, whether it had been written or not.
 */
export class Writer {
  readonly #database: Database;
  readonly #leadership: PostgresLeadership;
  #last: number;

  /** `last` is the number of the last write there was. */
  constructor(database: Database, leadership: PostgresLeadership, last: number) {
    this.#database = database;
    this.#leadership = leadership;
    this.#last = last;
  }

  /**
   * Calls a function of the store that writes. While the server is down it waits for it, as long as the lease lasts.
   * @throws StoreError, and nothing was written; after `DEPOSED` only those who lead now can tell.
   */
  async write(name: string, values: readonly Value[]): Promise<void> {
    const number = this.#last + 1;
    const placeholders = values.map((_, index) => `$${index + 3}`).join(', ');
    const call = `SELECT galaxy_mesos.${name}($1, $2, ${placeholders})`;
    try {
      await this.#send(call, number, values);
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      if (await this.#isVoid(number)) throw error.cause;
    }
    this.#last = number;
    // It was frozen for longer than its lease, perhaps: then the next leader has read this write, and acts on it.
    this.#leadership.check();
  }

  async #send(call: string, number: number, values: readonly Value[]): Promise<void> {
    for (let isFirst = true; ; isFirst = false) {
      this.#leadership.check();
      try {
        await this.#database.query(call, [this.#leadership.term, number, ...values], answerMilliseconds);
        return;
      } catch (error) {
        if (!isUnreachable(error)) throw this.#refused(error, isFirst);
      }
      await sleep(retryMilliseconds);
    }
  }

  /** What is refused the second time may still be on its way from the first. */
  #refused(error: unknown, isFirst: boolean): unknown {
    if (!(error instanceof StoreError)) return error;
    if (error.code === 'DEPOSED') this.#leadership.depose(error);
    return isFirst || error.code === 'DEPOSED' ? error : new Unsettled(error.message, { cause: error });
  }

  /** Uses the number up, so that nothing can be written under it any more; false if it was used before. */
  async #isVoid(number: number): Promise<boolean> {
    for (;;) {
      this.#leadership.check();
      try {
        const [row] = await this.#database.query(
          'SELECT galaxy_mesos.may_write($1, $2)',
          [this.#leadership.term, number],
          answerMilliseconds,
        );
        this.#last = number;
        return row?.[0] === true;
      } catch (error) {
        if (error instanceof StoreError && error.code === 'DEPOSED') throw error;
      }
      await sleep(retryMilliseconds);
    }
  }
}

/** Carries an error that does not tell yet whether anything was written. */
class Unsettled extends Error {}

const isUnreachable = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'UNREACHABLE';
