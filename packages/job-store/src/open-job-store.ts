import type { Opener } from './backend.ts';
import { DurableJobStore } from './durable-job-store.ts';
import { StoreError } from './errors.ts';
import type { JobStore } from './job-store.ts';
import { postgresOpener } from './postgres/backend.ts';
import { sqliteOpener } from './sqlite/backend.ts';
import { pause } from './turns.ts';

/** How a store is opened. */
export interface OpenOptions {
  /**
   * Stands by until no other process has the store, and until the server can be reached. Otherwise that is an error at
   * once.
   */
  readonly wait?: boolean;
  /** Ends the waiting: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told why it waits, at the beginning and when that changes. */
  readonly onWaiting?: (reason: StoreError) => void;
  /**
   * PostgreSQL only: seconds without a sign of life after which another process may take the store over; 1 to 60,
   * default 6. The others notice sooner that a process has ended.
   */
  readonly leaseSeconds?: number;
}

/** How often somebody who stands by looks. */
const pollMilliseconds = 250;

/**
 * Opens a store: that of a SQLite file, which is made if it is not there, or that of a database of PostgreSQL 15 or
 * later, `postgres://USER@HOST/DATABASE`, in its schema `galaxy_mesos`. It is brought to this version's schema.
 * Whoever has it open leads; nobody else opens it until it is closed or its process has ended.
 * @throws StoreError `LOCKED`, `UNREACHABLE`, `UNREADABLE`, `TOO_NEW` or `FULL`.
 */
export async function openJobStore(location: string, options: OpenOptions = {}): Promise<JobStore> {
  const opener = /^postgres(?:ql)?:/.test(location)
    ? postgresOpener(location, options)
    : sqliteOpener(location);
  try {
    return new DurableJobStore(options.wait ? await openWaiting(opener, options) : await opener.open());
  } catch (error) {
    await opener.giveUp();
    throw error;
  }
}

async function openWaiting(opener: Opener, { signal, onWaiting }: OpenOptions) {
  let told = '';
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await opener.open();
    } catch (error) {
      if (!(error instanceof StoreError) || !isPassing(error)) throw error;
      if (error.message !== told) onWaiting?.(error);
      told = error.message;
    }
    await pause(pollMilliseconds, signal);
  }
}

/** One may be deposed, too, before the store is open. */
const isPassing = ({ code }: StoreError): boolean =>
  code === 'LOCKED' || code === 'UNREACHABLE' || code === 'DEPOSED';
