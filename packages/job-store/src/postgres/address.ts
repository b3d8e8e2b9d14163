import pg from 'pg';
import { StoreError } from '../errors.ts';
import { type PasswordTarget, passwordFromFile } from './password-file.ts';

/** Where a database is. */
export interface Address {
  /** For people: without password and settings. */
  readonly location: string;
  /** As it was given. */
  readonly connectionString: string;
  /** Whose password is to be looked up; absent where it was given, in the address or in PGPASSWORD. */
  readonly passwordTarget?: PasswordTarget;
}

/** The address with the password that stands in a file, looked up anew each time. */
export function withPassword({ location, connectionString, passwordTarget }: Address): string {
  const password = passwordTarget && passwordFromFile(passwordTarget, location);
  if (password === undefined) return connectionString;
  const sign = connectionString.includes('?') ? '&' : '?';
  return `${connectionString}${sign}password=${encodeURIComponent(password)}`;
}

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?...`; what is missing comes from PGHOST, PGUSER and the like.
 * @throws StoreError `UNREADABLE`, without the address in it
 */
export function parseAddress(connectionString: string): Address {
  try {
    const { user = '', host, port, database = '', password } = new pg.Client({ connectionString });
    const isSocket = host.startsWith('/');
    const location = isSocket
      ? `postgres://${user}@/${database}?host=${host}`
      : `postgres://${user}@${host}:${port}/${database}`;
    const isGiven = typeof password === 'string' && password !== '';
    return {
      location,
      connectionString,
      ...(!isGiven && { passwordTarget: { user, host, port, database } }),
    };
  } catch {
    const message =
      'this is not the address of a database, such as postgres://USER@HOST/DATABASE; in a password, `@` is written as %40, `/` as %2F, `#` as %23';
    // Neither the address nor the cause is told: a password may be in them.
    throw new StoreError('UNREADABLE', 'postgres://', message);
  }
}
