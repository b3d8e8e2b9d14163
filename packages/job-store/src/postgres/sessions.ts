import { randomInt } from 'node:crypto';
import type { Database } from './database.ts';

/** The first number of all advisory locks of this software, so that they meet no others in the database. */
const lockSpace = 0x67_6d_6a_73;

/** A lock that is held while the store's foundation is laid; no session has this number. */
const foundationSession = 0;

/** Waits until nobody else lays the foundation, and holds that until the transaction ends. */
export const lockFoundation = `SELECT pg_advisory_xact_lock(${lockSpace}, ${foundationSession});`;

/** Whether nobody holds the lock of the session in this column: the connection has ended that took it. */
export const sessionEnded = (column: string): string => `pg_try_advisory_xact_lock(${lockSpace}, ${column})`;

/**
 * Sees to it that the connection holds the lock of a session, which it does until it breaks: answers `session` if it
 * has that, and a new one otherwise. @throws StoreError
 */
export async function takeSession(
  database: Database,
  session: number | undefined,
  milliseconds: number,
): Promise<number> {
  const held = await database.query(
    `SELECT true FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
     AND classid::bigint = ${lockSpace} AND objid::bigint = $1`,
    [session ?? foundationSession],
    milliseconds,
  );
  if (session !== undefined && held.length > 0) return session;
  const fresh = randomInt(1, 2 ** 31);
  await database.query(`SELECT pg_advisory_lock(${lockSpace}, $1)`, [fresh], milliseconds);
  return fresh;
}
