import type { Backend, Opener } from '../backend.ts';
import { parseAddress } from './address.ts';
import { Candidate } from './candidate.ts';
import { Database } from './database.ts';
import { PostgresEventTable } from './event-table.ts';
import { PostgresFrameworkTable } from './framework-table.ts';
import { PostgresJobTable } from './job-table.ts';
import { LeaderDatabase } from './leader-database.ts';
import { PostgresLeadership } from './leadership.ts';
import { layFoundation, migrate } from './migrate.ts';
import { PostgresRecordTable } from './record-table.ts';
import { PostgresTaskTable } from './task-table.ts';
import { PostgresWriter } from './writer.ts';

/** Long enough that a busy machine does not lose it, and short enough that others take over within ten seconds. */
const defaultLeaseSeconds = 6;
const leaseLimits = { minimum: 1, maximum: 60 } as const;

/** A commit is on the disk of the server when it is told of, even if the database is set to be careless. */
const durable = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';`;

/** A large commit that a frozen process has left half done is given up before its lease ends, and holds nobody up. */
const bounded = `SET idle_in_transaction_session_timeout = '5s';`;

/** Opens the store in a database. */
export function postgresOpener(
  address: string,
  options: { readonly leaseSeconds?: number; readonly signal?: AbortSignal },
): Opener {
  const parsed = parseAddress(address);
  const leaseSeconds = checkedLease(options.leaseSeconds ?? defaultLeaseSeconds);
  // A machine that is gone is found out later than its lease ends: a process that has one still leads.
  const keepAlive = `SET tcp_keepalives_idle = ${Math.ceil(leaseSeconds)}; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;`;
  // Renewals have a connection of their own, so that no long write makes them late.
  let pulse = new Database(parsed, keepAlive);
  const candidate = new Candidate(leaseSeconds, options.signal);
  const open = async (): Promise<Backend> => {
    await layFoundation(pulse);
    const leadership = new PostgresLeadership(pulse, await candidate.stand(pulse));
    try {
      return await openLeading(new Database(parsed, `${durable} ${bounded}`), leadership);
    } catch (error) {
      await leadership.resign();
      pulse = new Database(parsed, keepAlive);
      throw error;
    }
  };
  return { open, giveUp: () => pulse.close() };
}

async function openLeading(database: Database, leadership: PostgresLeadership): Promise<Backend> {
  leadership.lost.addEventListener('abort', () => database.destroy());
  try {
    const leading = new LeaderDatabase(database, leadership, await migrate(database, leadership.term));
    return {
      location: database.location,
      leadership,
      writer: new PostgresWriter(leading),
      tasks: new PostgresTaskTable(leading),
      jobs: new PostgresJobTable(leading),
      events: new PostgresEventTable(leading),
      records: new PostgresRecordTable(leading),
      frameworks: new PostgresFrameworkTable(leading),
      close: async () => {
        await database.close();
        await leadership.resign();
      },
    };
  } catch (error) {
    database.destroy();
    throw error;
  }
}

function checkedLease(seconds: number): number {
  const { minimum, maximum } = leaseLimits;
  if (seconds >= minimum && seconds <= maximum) return seconds;
  throw new RangeError(`leaseSeconds is ${seconds}, and must be from ${minimum} to ${maximum}`);
}
