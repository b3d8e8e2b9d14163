import pg from 'pg';
import { StoreError, type StoreErrorCode, wordsOf } from '../errors.ts';

/** Raised by the functions of the store where another term has begun. */
const deposed = 'GM001';

interface Kind {
  readonly code: StoreErrorCode;
  readonly advice: string;
}

const failed: Kind = { code: 'FAILED', advice: '' };
const unreachable: Kind = { code: 'UNREACHABLE', advice: 'check that the server runs and can be reached' };
const notAllowed: Kind = {
  code: 'UNREADABLE',
  advice:
    'check the user, the database, and the password: in PGPASSWORD, or as HOST:PORT:DATABASE:USER:PASSWORD in ~/.pgpass',
};
const damaged: Kind = { code: 'UNREADABLE', advice: 'the database is damaged: restore it from a backup' };

// SQLSTATE codes (PostgreSQL 15, appendix A).
const kinds = new Map<string, Kind>([
  ['28000', notAllowed],
  ['28P01', notAllowed],
  ['3D000', notAllowed],
  ['42501', notAllowed],
  ['53100', { code: 'FULL', advice: 'make room on the server, then go on where it stopped' }],
  // The server has ended the connection, as it does where a transaction was left alone for too long.
  ['25P03', unreachable],
  ['53300', unreachable],
  ['57P01', unreachable],
  ['57P02', unreachable],
  ['57P03', unreachable],
  ['57P05', unreachable],
  // A standby of the server, or a database that is only read.
  ['25006', { code: 'UNREADABLE', advice: 'it may only be read: use the server that takes writes' }],
  ['XX001', damaged],
  ['XX002', damaged],
  [deposed, { code: 'DEPOSED', advice: 'another process leads' }],
]);

/** What an exception of the client or the server means. */
export function toStoreError(error: unknown, location: string): StoreError {
  if (error instanceof StoreError) return error;
  const { code, advice } = kindOf(error);
  const words = wordsOf(error).replace(/^SASL: .*password must be .*$/, 'the server wants a password');
  return new StoreError(code, location, advice ? `${words}; ${advice}` : words, error);
}

function kindOf(error: unknown): Kind {
  if (!(error instanceof pg.DatabaseError)) return kindOfClientError(error);
  const { code = '' } = error;
  if (code.startsWith('08')) return unreachable;
  return kinds.get(code) ?? failed;
}

function kindOfClientError(error: unknown): Kind {
  // More than a text can hold, for instance: it would be the same another time.
  if (error instanceof RangeError || error instanceof TypeError) return failed;
  // What is not said by the server is of the connection, or of how one introduces oneself to the server.
  return /^SASL|password/.test(wordsOf(error)) ? notAllowed : unreachable;
}
