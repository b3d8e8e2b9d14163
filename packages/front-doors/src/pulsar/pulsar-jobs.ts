import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isEnded, JobServiceError, type JobView } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyBaseLogger } from 'fastify';
import { FrontDoorError } from '../access/front-door-error.ts';
import { makeWay } from '../files/receive-file.ts';
import { touch } from '../files/touch.ts';
import { describeJob } from './describe-job.ts';
import { fileOf, makeJobDirectory } from './job-files.ts';
import { type JobKey, jobDirectoryOf, serviceId } from './job-key.ts';
import type { JobRecord } from './job-record.ts';
import { JobRecords } from './job-records.ts';
import { hasOutputsToSend, statusOf } from './job-status.ts';
import type { PulsarDoorOptions } from './pulsar-options.ts';
import { setupAnswer } from './setup-answer.ts';
import { StagingWorker } from './staging/staging-worker.ts';
import { statusAnswer } from './status-answer.ts';
import type { SubmitRequest } from './submit-query.ts';
import { Turns } from './turns.ts';

/** Galaxy may ask for a tool by its id and version. */
export interface ToolName {
  readonly toolId?: string | undefined;
  readonly toolVersion?: string | undefined;
}

/** Longest pause between two tries to hand a job on. */
const longestPause = 60_000;

/**
 * The jobs of the Pulsar door: what Galaxy may do with one, in whatever order and how often it asks, over any number
 * of restarts. Everything is written down before Galaxy gets an answer.
 */
export class PulsarJobs {
  readonly #options: PulsarDoorOptions;
  readonly #records: JobRecords;
  readonly #log: FastifyBaseLogger;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<void>>();
  readonly #staging: StagingWorker;
  #unsubscribe: (() => void) | undefined;

  private constructor(options: PulsarDoorOptions, records: JobRecords, log: FastifyBaseLogger) {
    this.#options = options;
    this.#records = records;
    this.#log = log;
    this.#staging = new StagingWorker(options, log);
  }

  /** Reads what was written down, and goes on with all that was begun. */
  static async open(options: PulsarDoorOptions, log: FastifyBaseLogger): Promise<PulsarJobs> {
    const records = await JobRecords.load(options.records, (key) => {
      log.error({ jobId: key }, 'the record of this job is not understood: it was made by another version');
    });
    const jobs = new PulsarJobs(options, records, log);
    jobs.#unsubscribe = options.jobs.subscribe((event) => {
      if (event.type === 'job' && event.job.state === 'ok') jobs.#collectIfEnded(event.jobId);
    });
    for (const [id, { state }] of records.all()) {
      if (state === 'staging') jobs.#inBackground(id, () => jobs.#launch(id));
      if (state === 'cleaning') jobs.#inBackground(id, () => jobs.#turns.take(id, () => jobs.#forget(id)));
      if (state === 'submitted') jobs.#collectIfEnded(id);
    }
    return jobs;
  }

  /** Makes room for a job. What is there of an earlier one that has ended goes; a job that runs stays as it is. */
  setup(key: JobKey, tool: ToolName): Promise<unknown> {
    return this.#turns.take(serviceId(key), async () =>
      setupAnswer(await this.#setup(key, tool), this.directory(key), this.#options.galaxy),
    );
  }

  /** Takes a job that is set up; one that was submitted before stays as it is. */
  async submit(key: JobKey, request: SubmitRequest): Promise<void> {
    const id = serviceId(key);
    const isNew = await this.#turns.take(id, async () => {
      let record = this.#records.get(id);
      if (request.setup && (!record || !this.#isBusy(id, record))) {
        const { tool_id: toolId, tool_version: toolVersion } = request.setup;
        record = await this.#setup(key, {
          toolId: toolId ?? undefined,
          toolVersion: toolVersion ?? undefined,
        });
      }
      if (!record || record.state === 'cleaning') throw unknownJob(key);
      if (record.state !== 'setup') return false;
      const submission = request.setup ? inDirectory(request, this.directory(key)) : request.submission;
      await this.#touch(key, submission.touchOutputs);
      await this.#change(id, { ...record, submission }, 'staging');
      return true;
    });
    if (!isNew) return;
    if (this.#needsStaging(id)) this.#inBackground(id, () => this.#launch(id));
    else await this.#launch(id);
  }

  async status(key: JobKey): Promise<unknown> {
    const id = serviceId(key);
    const record = this.#records.get(id);
    const status = statusOf(record, this.#options.jobs.job(id), () => this.#options.jobs.tasks(id));
    return statusAnswer({
      jobId: key.id,
      status,
      record: record?.state === 'cleaning' ? undefined : record,
      directory: this.directory(key),
      galaxy: this.#options.galaxy,
      tail: (stream, maximumBytes) => this.#options.jobs.tail(id, { stream, maximumBytes }).catch(() => ''),
    });
  }

  /** Ends a job, however far it is. One that is not known or has ended needs no ending. */
  async cancel(key: JobKey): Promise<void> {
    const id = serviceId(key);
    this.#staging.stop(id);
    await this.#turns.take(id, async () => {
      const record = this.#records.get(id);
      if (!record) return;
      // Before the record says so it may be handed on already, if the daemon was killed in between.
      if (record.state === 'submitted' || record.state === 'staging') await this.#cancelRunning(id);
      if (record.state === 'setup' || record.state === 'staging') await this.#change(id, record, 'cancelled');
    });
  }

  /** Forgets a job. Its files may be there for a while longer. */
  async clean(key: JobKey): Promise<void> {
    const id = serviceId(key);
    this.#staging.stop(id);
    await this.#turns.take(id, async () => {
      const record = this.#records.get(id);
      if (record) await this.#change(id, record, 'cleaning');
    });
    this.#inBackground(id, () => this.#turns.take(id, () => this.#forget(id)));
  }

  /** Where the files of a job are. */
  directory(key: JobKey): string {
    return jobDirectoryOf(this.#options.staging, key);
  }

  /** Whether files may still come: `no` means that they are here already, because the job was submitted. */
  takesFiles(key: JobKey): 'yes' | 'no' {
    const record = this.#records.get(serviceId(key));
    if (!record || record.state === 'cleaning') throw unknownJob(key);
    return record.state === 'setup' ? 'yes' : 'no';
  }

  /** @throws FrontDoorError `NOT_FOUND` */
  requireKnown(key: JobKey): void {
    const record = this.#records.get(serviceId(key));
    if (!record || record.state === 'cleaning') throw unknownJob(key);
  }

  /** Forgets the jobs that nobody has asked to be forgotten for so long. */
  async forgetUnclaimed(before: number): Promise<void> {
    for (const [id, record] of [...this.#records.all()]) {
      const since = this.#idleSince(id, record);
      if (record.state !== 'cleaning' && (since === undefined || since >= before)) continue;
      this.#log.info({ jobId: id, state: record.state }, 'forget a job that nobody has claimed for long');
      await this.#turns.take(id, async () => {
        const now = this.#records.get(id);
        if (now !== undefined && this.#idleSince(id, now) === since) await this.#change(id, now, 'cleaning');
        if (this.#records.get(id)?.state === 'cleaning') await this.#forget(id);
      });
    }
  }

  /** Stops what goes on in the background; it is taken up again at the next start. */
  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#closing.abort();
    this.#staging.close();
    await Promise.all(this.#background);
  }

  async #setup(key: JobKey, { toolId, toolVersion }: ToolName): Promise<JobRecord> {
    const id = serviceId(key);
    let record = this.#records.get(id);
    if (record && this.#isBusy(id, record)) return record;
    if (record && record.state !== 'setup') {
      if (record.state !== 'cleaning') await this.#change(id, record, 'renewing');
      await this.#removeAll(id, key);
      record = undefined;
    }
    await makeJobDirectory(this.directory(key));
    return this.#records.put(id, {
      ...key,
      ...(toolId ? { toolId } : {}),
      ...(toolVersion ? { toolVersion } : {}),
      state: 'setup',
      changedAt: Date.now(),
    });
  }

  /** Whether Galaxy may still want this very job: it has not ended. */
  #isBusy(id: string, { state }: JobRecord): boolean {
    if (state === 'staging') return true;
    const view = state === 'submitted' ? this.#options.jobs.job(id) : undefined;
    return view !== undefined && !isEnded(view.state);
  }

  async #touch(key: JobKey, names: readonly string[]): Promise<void> {
    for (const name of names) await touch(await makeWay(this.directory(key), fileOf('output', name)));
  }

  #needsStaging(id: string): boolean {
    return (this.#records.get(id)?.submission?.remoteStaging.setup.length ?? 0) > 0;
  }

  /** Fetches what is to be fetched, and hands the job on; as often as it takes. */
  async #launch(id: string): Promise<void> {
    try {
      if (this.#options.jobs.job(id) === undefined) await this.#fetchInputs(id);
      await this.#turns.take(id, () => this.#handOn(id));
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      await this.#turns.take(id, () => this.#fail(id, error));
    }
  }

  async #fetchInputs(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (record?.state !== 'staging' || !this.#needsStaging(id)) return;
    await this.#staging.fetchInputs(id, record, this.directory(record));
  }

  async #handOn(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (record?.state !== 'staging' || !record.submission) return;
    const { submission } = record;
    const directory = this.directory(record);
    const job = describeJob(
      { id, directory, record, submission },
      { rules: this.#options.rules?.(), galaxy: this.#options.galaxy },
    );
    try {
      await this.#options.jobs.submit(job);
    } catch (error) {
      if (!(error instanceof JobServiceError)) throw error;
      if (error.code === 'UNAVAILABLE') return this.#tryAgain(id, error);
      if (error.code !== 'DUPLICATE_JOB') throw error;
    }
    await this.#change(id, record, 'submitted');
  }

  /** Nothing is lost: the job is written down, and Galaxy sees it as being prepared. */
  #tryAgain(id: string, error: JobServiceError): void {
    this.#log.warn({ jobId: id, err: error }, 'the job can not be taken now: it is tried again');
    this.#inBackground(id, async () => {
      await this.#pause();
      await this.#launch(id);
    });
  }

  #pauses = 0;

  async #pause(): Promise<void> {
    this.#pauses += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.min(longestPause, 1_000 * this.#pauses));
    this.#closing.signal.addEventListener('abort', () => resolve(), { once: true });
    await promise.finally(() => {
      clearTimeout(timer);
      this.#pauses -= 1;
    });
  }

  async #fail(id: string, error: unknown): Promise<void> {
    const record = this.#records.get(id);
    if (record?.state !== 'staging') return;
    const message = error instanceof Error ? error.message : String(error);
    this.#log.warn({ jobId: id, err: error }, 'the job can not be run');
    await this.#change(id, { ...record, message }, 'failed');
  }

  async #cancelRunning(id: string): Promise<void> {
    try {
      await this.#options.jobs.cancel(id);
    } catch (error) {
      if (!(error instanceof JobServiceError) || error.code !== 'UNKNOWN_JOB') throw error;
    }
  }

  #collectIfEnded(id: string): void {
    const record = this.#records.get(id);
    const view: JobView | undefined = this.#options.jobs.job(id);
    // The event may come before the record says `submitted`: it is the job that counts.
    if (!record || view?.state !== 'ok') return;
    if (!hasOutputsToSend(record) || record.collected !== undefined) return;
    this.#inBackground(id, () => this.#collect(id, record));
  }

  async #collect(id: string, record: JobRecord): Promise<void> {
    const failure = await this.#staging.sendOutputs(id, record, this.directory(record));
    if (this.#closing.signal.aborted) return;
    await this.#turns.take(id, async () => {
      const now = this.#records.get(id);
      if (now === undefined || (now.state !== 'submitted' && now.state !== 'staging')) return;
      await this.#records.put(
        id,
        failure === undefined
          ? { ...now, collected: 'all' }
          : { ...now, collected: 'not all', message: failure },
      );
    });
  }

  /** Ends what may run, and removes record and files. Done twice it does no harm. */
  async #forget(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (record?.state !== 'cleaning') return;
    await this.#removeAll(id, record);
    await this.#records.delete(id);
  }

  async #removeAll(id: string, key: JobKey): Promise<void> {
    try {
      await this.#options.jobs.remove(id);
    } catch (error) {
      if (!(error instanceof JobServiceError) || error.code !== 'UNKNOWN_JOB') throw error;
    }
    await rm(this.directory(key), { recursive: true, force: true, maxRetries: 3 });
  }

  /** When the last happened of which Galaxy may want to hear; `undefined` while something is still to happen. */
  #idleSince(id: string, record: JobRecord): number | undefined {
    if (record.state === 'staging') return undefined;
    const view = record.state === 'submitted' ? this.#options.jobs.job(id) : undefined;
    if (view === undefined) return record.changedAt;
    return isEnded(view.state) ? Math.max(view.endedAt ?? 0, record.changedAt) : undefined;
  }

  #change(id: string, record: JobRecord, state: JobRecord['state']): Promise<JobRecord> {
    return this.#records.put(id, { ...record, state, changedAt: Date.now() });
  }

  #inBackground(id: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted)
          this.#log.error({ jobId: id, err: error }, 'work for this job failed');
      })
      .finally(() => this.#background.delete(done));
    this.#background.add(done);
  }
}

const unknownJob = ({ id }: JobKey): FrontDoorError =>
  new FrontDoorError('NOT_FOUND', `there is no job ${id}: it must be set up first`);

/** A Galaxy that has never asked where the job is writes a word in place of the path. */
const inDirectory = ({ submission }: SubmitRequest, directory: string) => ({
  ...submission,
  commandLine: submission.commandLine.replaceAll('__PULSAR_JOB_DIRECTORY__', directory),
});

/** Where uploads wait until they are complete; on the same file system as the job directories. */
export const incomingDirectory = (staging: string): string => join(staging, '.incoming');
