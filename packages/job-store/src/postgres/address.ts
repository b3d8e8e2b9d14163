import pg from 'pg';
import { StoreError } from '../errors.ts';

/** Where a database is. */
export interface Address {
  /** For people: without password and settings. */
  readonly location: string;
  /** As it was given. */
  readonly connectionString: string;
}

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?...`; what is missing comes from PGHOST, PGUSER and the like.
 * @throws StoreError `UNREADABLE`, without the address in it
 */
export function parseAddress(connectionString: string): Address {
  try {
    const { user = '', host, port, database = '' } = new pg.Client({ connectionString });
    const isSocket = host.startsWith('/');
    const location = isSocket
      ? `postgres://${user}@/${database}?host=${host}`
      : `postgres://${user}@${host}:${port}/${database}`;
    return { location, connectionString };
  } catch {
    const message =
      'this is not the address of a database, such as postgres://USER@HOST/DATABASE; in a password, `@` is written as %40, `/` as %2F, `#` as %23';
    // Neither the address nor the cause is told: a password may be in them.
    throw new StoreError('UNREADABLE', 'postgres://', message);
  }
}
