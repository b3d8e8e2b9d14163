import pg from 'pg';
import type { Row } from '../backend.ts';
import { StoreError } from '../errors.ts';
import { type Address, withPassword } from './address.ts';
import { toStoreError } from './errors.ts';

/** What is given for `$1`, `$2` ... */
export type Value = string | number | null | readonly (string | number)[];

/** A statement and what it is given. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Reads may be large, and nobody has to be told in time. */
export const readMilliseconds = 60_000;

/** A server that takes longer to connect to is as good as down. */
const connectMilliseconds = 5000;

/** As long as a server that is there takes many times over. */
const goodbyeMilliseconds = 2000;

/** Statements that wait for one another are to see what the other did, however the database is set. */
const readCommitted = `SET default_transaction_isolation = 'read committed';`;

/** Seconds of silence after which the connection is tested from this side. */
const keepAliveSeconds = 5;

/**
 * One connection to a database, made anew when it is needed and the last one broke. Statements come one at a time.
 */
export class Database {
  readonly location: string;
  readonly #address: Address;
  readonly #afterConnect: string;
  /** Is told when the connection has broken. */
  onBreak: (() => void) | undefined;
  #client: pg.Client | undefined;
  #closed = false;

  /** `afterConnect` are statements that every new connection begins with. */
  constructor(address: Address, afterConnect: string) {
    this.location = address.location;
    this.#address = address;
    this.#afterConnect = afterConnect;
  }

  /**
   * Runs a statement by itself. Without an answer within `milliseconds` the connection is given up. What it was to
   * change may be changed all the same if this throws `UNREACHABLE`. @throws StoreError
   */
  async query(sql: string, values: readonly Value[], milliseconds: number): Promise<readonly Row[]> {
    return this.#run(await this.#connected(), { sql, values }, milliseconds);
  }

  /**
   * Runs statements one by one in a transaction, each for `milliseconds` at most. As with {@link query}, all or nothing
   * may have been done if this throws `UNREACHABLE`. @throws StoreError
   */
  async transaction(statements: readonly Statement[], milliseconds: number): Promise<void> {
    // The same connection for all: what is left of them must not be done alone on another.
    const client = await this.#connected();
    const run = (statement: Statement) => this.#run(client, statement, milliseconds);
    try {
      await run({ sql: 'BEGIN', values: [] });
      for (const statement of statements) await run(statement);
      await run({ sql: 'COMMIT', values: [] });
    } catch (error) {
      // A connection that ends takes its transaction with it.
      await run({ sql: 'ROLLBACK', values: [] }).catch(() => this.#drop(client));
      throw error;
    }
  }

  /** Runs statements in one transaction, which the server finishes even if this process is stopped in its midst. */
  async script(sql: string, milliseconds: number): Promise<void> {
    await this.query(sql, [], milliseconds);
  }

  /** Breaks the connection: what is under way fails as `UNREACHABLE`, and so does all that comes. */
  destroy(): void {
    this.#closed = true;
    if (this.#client) this.#drop(this.#client);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const client = this.#client;
    this.#closed = true;
    this.#client = undefined;
    // It is not needed any more: that it broke already is no error.
    const ended = client?.end().catch(() => {});
    // A server that is frozen or cut off says no goodbye.
    const timer = setTimeout(() => client?.connection.stream.destroy(), goodbyeMilliseconds);
    await ended;
    clearTimeout(timer);
  }

  async #run(client: pg.Client, { sql, values }: Statement, milliseconds: number): Promise<readonly Row[]> {
    const timer = setTimeout(() => this.#drop(client), milliseconds);
    try {
      const { rows } = await client.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' });
      return rows;
    } catch (error) {
      const known = toStoreError(error, this.location);
      if (known.code === 'UNREACHABLE') this.#drop(client);
      throw known;
    } finally {
      clearTimeout(timer);
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#closed) throw new StoreError('UNREACHABLE', this.location, 'the connection was closed');
    if (this.#client) return this.#client;
    const client = new pg.Client({
      connectionString: withPassword(this.#address),
      application_name: 'galaxy-mesos',
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveSeconds * 1000,
      connectionTimeoutMillis: connectMilliseconds,
    });
    // Without a listener a connection that breaks would end the process; whoever uses it next learns of it.
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    const timer = setTimeout(() => this.#drop(client), connectMilliseconds);
    try {
      await client.connect();
      await client.query(`${readCommitted} ${this.#afterConnect}`);
    } catch (error) {
      this.#drop(client);
      throw toStoreError(error, this.location);
    } finally {
      clearTimeout(timer);
    }
    this.#client = client;
    if (this.#closed) this.#drop(client);
    return client;
  }

  #drop(client: pg.Client): void {
    // Not `end`, which says goodbye and waits for an answer.
    client.connection.stream.destroy();
    if (this.#client !== client) return;
    this.#client = undefined;
    if (!this.#closed) this.onBreak?.();
  }
}
