import { isEnded, JobServiceError } from '@galaxy-mesos/galaxy-jobs';
import type { FastifyBaseLogger } from 'fastify';
import { FrontDoorError } from '../access/front-door-error.ts';
import { makeWay } from '../files/receive-file.ts';
import { touch } from '../files/touch.ts';
import { JobCourse } from './job-course.ts';
import { JobDesk } from './job-desk.ts';
import { fileOf, makeJobDirectory } from './job-files.ts';
import { type JobKey, serviceId } from './job-key.ts';
import type { JobRecord, Submission } from './job-record.ts';
import { JobRecords } from './job-records.ts';
import { statusOf } from './job-status.ts';
import type { PulsarDoorOptions } from './pulsar-options.ts';
import { setupAnswer } from './setup-answer.ts';
import { statusAnswer } from './status-answer.ts';
import type { SubmitRequest } from './submit-query.ts';

/** What Galaxy says of a tool. */
export interface ToolName {
  readonly toolId?: string | null | undefined;
  readonly toolVersion?: string | null | undefined;
}

/**
 * The jobs of the Pulsar door: what Galaxy may do with one, in whatever order and how often it asks, over any number
 * of restarts. Everything is written down before Galaxy gets an answer.
 */
export class PulsarJobs {
  readonly #desk: JobDesk;
  readonly #course: JobCourse;
  #unsubscribe: () => void = () => {};

  private constructor(desk: JobDesk) {
    this.#desk = desk;
    this.#course = new JobCourse(desk);
  }

  /** Reads what was written down, and goes on with all that was begun. */
  static async open(options: PulsarDoorOptions, log: FastifyBaseLogger): Promise<PulsarJobs> {
    const records = await JobRecords.load(options.records, (key) => {
      log.error({ jobId: key }, 'the record of this job is not understood: it was made by another version');
    });
    const desk = new JobDesk(options, records, log);
    await desk.trash.open();
    const jobs = new PulsarJobs(desk);
    jobs.#unsubscribe = options.jobs.subscribe((event) => {
      if (event.type === 'job' && event.job.state === 'ok') jobs.#course.collectIfEnded(event.jobId);
    });
    for (const [id, { state }] of records.all()) jobs.#goOn(id, state);
    return jobs;
  }

  /** Makes room for a job. What is there of an earlier one that has ended goes; a job that runs stays as it is. */
  setup(key: JobKey, tool: ToolName): Promise<unknown> {
    const { turns, options } = this.#desk;
    return turns.take(serviceId(key), async () =>
      setupAnswer(await this.#setup(key, tool), this.directory(key), options.galaxy),
    );
  }

  /** Takes a job that is set up; one that was submitted before stays as it is. */
  async submit(key: JobKey, request: SubmitRequest): Promise<void> {
    const id = serviceId(key);
    const isNew = await this.#desk.turns.take(id, () => this.#accept(key, request));
    if (!isNew) return;
    if (this.#course.needsInputs(id)) this.#desk.inBackground(id, () => this.#course.launch(id));
    else await this.#course.launch(id);
  }

  /** What Galaxy is told of a job. */
  async status(key: JobKey): Promise<unknown> {
    const id = serviceId(key);
    const { records, options } = this.#desk;
    const record = records.get(id);
    return statusAnswer({
      jobId: key.id,
      status: statusOf(record, options.jobs.job(id), () => options.jobs.tasks(id)),
      record: record?.state === 'cleaning' ? undefined : record,
      directory: this.directory(key),
      galaxy: options.galaxy,
      tail: (stream, maximumBytes) => options.jobs.tail(id, { stream, maximumBytes }).catch(() => ''),
    });
  }

  /** Ends a job, however far it is. One that is not known or has ended needs no ending. */
  async cancel(key: JobKey): Promise<void> {
    const id = serviceId(key);
    this.#course.stop(id);
    await this.#desk.turns.take(id, async () => {
      const record = this.#desk.records.get(id);
      // Before the record says so the job may be handed on already, if the daemon was killed in between.
      if (record?.state === 'submitted' || record?.state === 'staging') {
        await ifKnown(this.#desk.options.jobs.cancel(id));
      }
      if (record?.state === 'setup' || record?.state === 'staging') {
        await this.#desk.change(id, record, 'cancelled');
      }
    });
  }

  /** Forgets a job. Its files may be there for a while longer. */
  async clean(key: JobKey): Promise<void> {
    const id = serviceId(key);
    this.#course.stop(id);
    await this.#desk.turns.take(id, async () => {
      const record = this.#desk.records.get(id);
      if (record) await this.#desk.change(id, record, 'cleaning');
    });
    this.#goOn(id, this.#desk.records.get(id)?.state);
  }

  /** Where the files of a job are. */
  directory(key: JobKey): string {
    return this.#desk.directory(key);
  }

  /**
   * Whether files may still come. Of a job that was submitted they are here: Galaxy sends them again if it was killed
   * in the middle, and tools may be reading them. A job that is not there is set up: a Galaxy that knows the
   * directories by itself asks for that only with the submission.
   */
  takesFiles(key: JobKey): Promise<boolean> {
    const id = serviceId(key);
    return this.#desk.turns.take(id, async () => {
      const record = this.#desk.records.get(id) ?? (await this.#setup(key, {}));
      return (this.#hasFailed(id, record) ? await this.#setup(key, {}) : record).state === 'setup';
    });
  }

  /** @throws FrontDoorError `NOT_FOUND` */
  requireKnown(key: JobKey): void {
    this.#known(key);
  }

  /** Forgets the jobs of which nobody has wanted anything since then. */
  async forgetUnclaimed(before: number): Promise<void> {
    const { records, turns, log } = this.#desk;
    for (const [id] of [...records.all()]) {
      await turns.take(id, async () => {
        const record = records.get(id);
        if (record && this.#idleSince(id, record) < before) {
          log.info({ jobId: id, state: record.state }, 'a job is forgotten that nobody has claimed for long');
          await this.#desk.change(id, record, 'cleaning');
        }
        await this.#forget(id);
      });
    }
  }

  /** Stops what goes on in the background; it is taken up again at the next start. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#course.close();
    await this.#desk.close();
  }

  #goOn(id: string, state: JobRecord['state'] | undefined): void {
    if (state === 'staging') this.#desk.inBackground(id, () => this.#course.launch(id));
    if (state === 'submitted') this.#course.collectIfEnded(id);
    if (state === 'cleaning') {
      this.#desk.inBackground(id, () => this.#desk.turns.take(id, () => this.#forget(id)));
    }
  }

  async #setup(key: JobKey, { toolId, toolVersion }: ToolName): Promise<JobRecord> {
    const id = serviceId(key);
    const { records } = this.#desk;
    const record = records.get(id);
    if (record && this.#isBusy(id, record)) return record;
    if (record && record.state !== 'setup') {
      // A job that Galaxy sends again after a failure has the id that it had before.
      await this.#desk.change(id, record, 'renewing');
      await this.#removeAll(id, key);
    }
    await makeJobDirectory(this.directory(key));
    return records.put(id, {
      ...key,
      ...(toolId ? { toolId } : {}),
      ...(toolVersion ? { toolVersion } : {}),
      state: 'setup',
      changedAt: Date.now(),
    });
  }

  /** Writes a submission down, unless there is one. */
  async #accept(key: JobKey, { submission, setup }: SubmitRequest): Promise<boolean> {
    const id = serviceId(key);
    const existing = this.#desk.records.get(id);
    const isOpen = !existing || existing.state === 'setup' || this.#hasFailed(id, existing);
    const record =
      setup && isOpen
        ? await this.#setup(key, { toolId: setup.tool_id, toolVersion: setup.tool_version })
        : this.#known(key);
    if (record.state !== 'setup') return false;
    const directory = this.directory(key);
    for (const name of submission.touchOutputs) await touch(await makeWay(directory, fileOf('output', name)));
    const placed = setup ? inDirectory(submission, directory) : submission;
    await this.#desk.change(id, { ...record, submission: placed }, 'staging');
    return true;
  }

  #known(key: JobKey): JobRecord {
    const record = this.#desk.records.get(serviceId(key));
    if (record && record.state !== 'cleaning') return record;
    throw new FrontDoorError('NOT_FOUND', `there is no job ${key.id}: it must be set up first`);
  }

  /** Whether the job has not ended, so that Galaxy wants this very one. */
  #isBusy(id: string, { state }: JobRecord): boolean {
    if (state === 'staging') return true;
    const view = state === 'submitted' ? this.#desk.options.jobs.job(id) : undefined;
    return view !== undefined && !isEnded(view.state);
  }

  /** Whether nobody wants anything of the job any more: what comes for it is for a new one of the same id. */
  #hasFailed(id: string, record: JobRecord): boolean {
    if (record.state === 'cleaning' || record.state === 'renewing') return true;
    if (record.submission === undefined) return false;
    const { jobs } = this.#desk.options;
    const { state } = statusOf(record, jobs.job(id), () => jobs.tasks(id));
    return state === 'failed' || state === 'cancelled' || state === 'lost';
  }

  /** Ends what may run, and removes record and files, if they are to be removed. Done twice it does no harm. */
  async #forget(id: string): Promise<void> {
    const record = this.#desk.records.get(id);
    if (record?.state !== 'cleaning') return;
    await this.#removeAll(id, record);
    await this.#desk.records.delete(id);
  }

  async #removeAll(id: string, key: JobKey): Promise<void> {
    await ifKnown(this.#desk.options.jobs.remove(id));
    await this.#desk.trash.take(this.directory(key));
  }

  /** When the last happened of which Galaxy may want to hear; never while something is still to happen. */
  #idleSince(id: string, record: JobRecord): number {
    if (this.#isBusy(id, record)) return Number.POSITIVE_INFINITY;
    const view = record.state === 'submitted' ? this.#desk.options.jobs.job(id) : undefined;
    return Math.max(view?.endedAt ?? 0, record.changedAt);
  }
}

/** A job that whoever runs jobs does not know is as good as ended. */
async function ifKnown(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof JobServiceError) || error.code !== 'UNKNOWN_JOB') throw error;
  }
}

/** A Galaxy that has never asked where the job is writes a word in place of the path. */
const inDirectory = (submission: Submission, directory: string): Submission => ({
  ...submission,
  commandLine: submission.commandLine.replaceAll('__PULSAR_JOB_DIRECTORY__', () => directory),
});
