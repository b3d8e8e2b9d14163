import { StoreError } from '../errors.ts';
import { type Database, readMilliseconds } from './database.ts';
import { foundation, migrations } from './migrations.ts';
import { lockFoundation } from './sessions.ts';

/** Where users may make no schemas, an administrator has made this one for them. */
const schema = `IF to_regnamespace('galaxy_mesos') IS NULL THEN CREATE SCHEMA galaxy_mesos; END IF;`;

/** Makes what leaders are chosen by, if it is not there. @throws StoreError */
export async function layFoundation(database: Database): Promise<void> {
  const isThere = "to_regclass('galaxy_mesos.fence') IS NOT NULL";
  const [row] = await database.query(`SELECT ${isThere}`, [], readMilliseconds);
  if (row?.[0] === true) return;
  await database.script(
    `${lockFoundation} DO $do$ BEGIN IF NOT (${isThere}) THEN ${schema} ${foundation} END IF; END $do$`,
    readMilliseconds,
  );
}

/**
 * Brings a database to this version's schema, as the leader of a term. Answers the number of the last write.
 * @throws StoreError
 */
export async function migrate(database: Database, term: number): Promise<number> {
  const [row] = await database.query(
    'SELECT schema_version, last_write FROM galaxy_mesos.fence',
    [],
    readMilliseconds,
  );
  const [version, last] = row ?? [];
  if (typeof version !== 'number' || typeof last !== 'number')
    throw new StoreError('UNREADABLE', database.location, 'the table fence is damaged: it has no row');
  const steps = migrations.slice(version);
  if (steps.length > 0) await database.script(script(steps, term), readMilliseconds);
  return last;
}

/** One text, which the server takes as one transaction. */
function script(steps: readonly string[], term: number): string {
  return `
    DO $do$ BEGIN
      PERFORM 1 FROM galaxy_mesos.fence WHERE term = ${term} FOR UPDATE;
      IF NOT FOUND THEN RAISE EXCEPTION 'another term has begun' USING ERRCODE = 'GM001'; END IF;
    END $do$;
    ${steps.join('\n')}
    UPDATE galaxy_mesos.fence SET schema_version = ${migrations.length};`;
}
