import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { Trash } from '../files/trash.ts';
import { type JobKey, jobDirectoryOf } from './job-key.ts';
import type { JobRecord } from './job-record.ts';
import type { JobRecords } from './job-records.ts';
import type { PulsarDoorOptions } from './pulsar-options.ts';
import { waited } from './staging/retrying.ts';
import { Turns } from './turns.ts';

/** How long the end of the daemon waits for what goes on in the background. */
const patienceMilliseconds = 5_000;

/** What everything that is done for a job needs: what is written down, whose turn it is, and when to stop. */
export class JobDesk {
  readonly options: PulsarDoorOptions;
  readonly records: JobRecords;
  readonly log: FastifyBaseLogger;
  /** By job: what changes its record. */
  readonly turns = new Turns();
  /** Where job directories go that nobody wants any more. */
  readonly trash: Trash;
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<void>>();

  constructor(options: PulsarDoorOptions, records: JobRecords, log: FastifyBaseLogger) {
    this.options = options;
    this.records = records;
    this.log = log;
    this.trash = new Trash(join(options.staging, '.trash'), (error) => {
      log.error({ err: error }, 'files of jobs that are gone could not be removed');
    });
  }

  /** Aborted when the door closes; what is not done then is done after the next start. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Where the files of a job are. */
  directory(key: JobKey): string {
    return jobDirectoryOf(this.options.staging, key);
  }

  /** Writes down that a job has come to another state. */
  change(id: string, record: JobRecord, state: JobRecord['state']): Promise<JobRecord> {
    return this.records.put(id, { ...record, state, changedAt: Date.now() });
  }

  /** Does it while Galaxy has its answer already. */
  inBackground(id: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        if (!this.closing.aborted) this.log.error({ jobId: id, err: error }, 'work for this job failed');
      })
      .finally(() => this.#background.delete(done));
    this.#background.add(done);
  }

  /**
   * Resolves when nothing goes on in the background any more, or soon: a job whose agent cannot be reached may not be
   * gone for hours. All that is not done is done after the next start.
   */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the daemon stops'));
    const allDone = new AbortController();
    const patience = waited(patienceMilliseconds, allDone.signal);
    await Promise.race([Promise.all(this.#background), patience]);
    allDone.abort();
    await this.trash.close();
  }
}
