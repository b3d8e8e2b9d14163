import { JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import { describeJob } from './describe-job.ts';
import type { JobDesk } from './job-desk.ts';
import type { JobRecord } from './job-record.ts';
import { hasOutputsToSend } from './job-status.ts';
import { partsOfJob } from './split-job.ts';
import { waited } from './staging/retrying.ts';
import { StagingWorker } from './staging/staging-worker.ts';

/** Seconds between tries to hand a job on to whoever runs jobs, if that cannot take it; the last one again and again. */
const pauses = [1, 2, 5, 10, 30];

/** What goes on with a job by itself: its inputs are fetched, it is handed on, and its outputs are brought home. */
export class JobCourse {
  readonly #desk: JobDesk;
  readonly #staging: StagingWorker;

  constructor(desk: JobDesk) {
    this.#desk = desk;
    this.#staging = new StagingWorker(desk.options, desk.log);
  }

  /** Whether something must be fetched before the job can run. */
  needsInputs(id: string): boolean {
    return (this.#desk.records.get(id)?.submission?.remoteStaging.setup.length ?? 0) > 0;
  }

  /** Fetches what is to be fetched, and hands the job on. It resolves when that is done, or the job has failed. */
  async launch(id: string, triedBefore = 0): Promise<void> {
    const { turns, options, closing } = this.#desk;
    try {
      // Known already: the daemon was killed before it could write down that the job was handed on.
      if (options.jobs.job(id) === undefined) await this.#fetchInputs(id);
      await turns.take(id, () => this.#handOn(id, triedBefore));
    } catch (error) {
      if (!closing.aborted) await turns.take(id, () => this.#fail(id, error));
    }
  }

  /** Brings the outputs of a job to Galaxy, if it has ended well and that is still to be done. */
  collectIfEnded(id: string): void {
    const record = this.#desk.records.get(id);
    // The record may not say yet that the job was handed on: it is the job that counts.
    if (!record || this.#desk.options.jobs.job(id)?.state !== 'ok') return;
    if (!hasOutputsToSend(record) || record.collected !== undefined) return;
    this.#desk.inBackground(id, () => this.#collect(id, record));
  }

  /** Ends what goes on for a job. */
  stop(id: string): void {
    this.#staging.stop(id);
  }

  close(): void {
    this.#staging.close();
  }

  async #fetchInputs(id: string): Promise<void> {
    const record = this.#desk.records.get(id);
    if (record?.state !== 'staging' || !this.needsInputs(id)) return;
    await this.#staging.fetchInputs(id, record, this.#desk.directory(record));
  }

  async #handOn(id: string, triedBefore: number): Promise<void> {
    const { records, options } = this.#desk;
    const record = records.get(id);
    if (record?.state !== 'staging' || !record.submission) return;
    const { submission } = record;
    const directory = this.#desk.directory(record);
    const rules = options.rules?.();
    const parts = await partsOfJob(directory, record, submission, { ...options, rules });
    const job = describeJob({ id, directory, record, submission, parts }, { rules, galaxy: options.galaxy });
    try {
      await options.jobs.submit(job);
    } catch (error) {
      if (!(error instanceof JobServiceError)) throw error;
      if (error.code === 'UNAVAILABLE') return this.#tryAgain(id, error, triedBefore);
      if (error.code !== 'DUPLICATE_JOB') throw error;
    }
    await this.#desk.change(id, handedOn(record, job.split !== undefined), 'submitted');
    // It may have ended before that was written down.
    this.collectIfEnded(id);
  }

  /** Nothing is lost: the job is written down, and Galaxy sees it as being prepared. */
  #tryAgain(id: string, error: JobServiceError, triedBefore: number): void {
    const seconds = pauses[triedBefore] ?? pauses.at(-1) ?? 0;
    this.#desk.log.warn(
      { jobId: id, err: error, seconds },
      'the job can not be taken now: it is tried again',
    );
    this.#desk.inBackground(id, async () => {
      await waited(seconds * 1_000, this.#desk.closing);
      if (!this.#desk.closing.aborted) await this.launch(id, triedBefore + 1);
    });
  }

  async #fail(id: string, error: unknown): Promise<void> {
    const record = this.#desk.records.get(id);
    if (record?.state !== 'staging') return;
    const message = error instanceof Error ? error.message : String(error);
    this.#desk.log.warn({ jobId: id, err: error }, 'the job can not be run');
    await this.#desk.change(id, { ...record, message }, 'failed');
  }

  async #collect(id: string, record: JobRecord): Promise<void> {
    const failure = await this.#staging.sendOutputs(id, record, this.#desk.directory(record));
    if (this.#desk.closing.aborted) return;
    await this.#desk.turns.take(id, async () => {
      const now = this.#desk.records.get(id);
      if (now?.state !== 'submitted' || now.collected !== undefined) return;
      await this.#desk.records.put(
        id,
        failure === undefined
          ? { ...now, collected: 'all' }
          : { ...now, collected: 'not all', message: failure },
      );
    });
  }
}

/** What is still needed of a job that runs: whoever runs it has the rest, and some of that is secret. */
function handedOn(record: JobRecord, isSplit: boolean): JobRecord {
  const { submission } = record;
  if (!submission) return record;
  const { setup: _fetched, ...outputs } = submission.remoteStaging;
  const remoteStaging = { ...(hasOutputsToSend(record) ? outputs : {}), setup: [] };
  return {
    ...record,
    submission: { ...submission, commandLine: '', environment: [], touchOutputs: [], remoteStaging, isSplit },
  };
}
