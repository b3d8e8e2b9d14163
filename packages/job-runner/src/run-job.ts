import { mkdirSync } from 'node:fs';
import {
  type Attempt,
  Scheduler,
  type SchedulerNotice,
  type TaskRecord,
  type TaskStore,
} from '@galaxy-mesos/scheduler';
import { checkInputs, deliver } from './deliver.ts';
import { attemptPath, prepareJobDirectory } from './job-directory.ts';
import { messageOf } from './job-error.ts';
import type { JobOutcome, JobResult, TaskFailure } from './job-event.ts';
import type { JobRun } from './job-run.ts';
import { mergedFile, prepareMerge } from './merge-script.ts';
import { onTermsOf, planTasks, taskSpec } from './plan-tasks.ts';
import { TaskCounter } from './task-counter.ts';
import { describeFailure } from './task-failure.ts';
import { mergeTaskId, tasksOf } from './task-ids.ts';
import { warningOf } from './warnings.ts';

/**
 * Runs a job to its end, or goes on with one of which some tasks are in the store already: plans it, runs
 * its tasks, joins their outputs, and moves the results into place.
 *
 * @throws JobError, and what the strategy, the store or the driver throw; what is done by then is kept.
 */
export async function runJob(run: JobRun): Promise<JobOutcome> {
  return new RunningJob(run).run();
}

class RunningJob {
  readonly #run: JobRun;
  readonly #scheduler: Scheduler;
  readonly #counter = new TaskCounter();
  readonly #winners = new Map<string, Attempt>();
  readonly #failures: Promise<TaskFailure>[] = [];
  /** Attempts of an earlier run that were out when this one began. */
  readonly #inherited = new Set<string>();

  constructor(run: JobRun) {
    this.#run = run;
    const { driver, tasks, schedulerOptions } = run;
    const listener = (notice: SchedulerNotice) => this.#hear(notice);
    const store: TaskStore = { commit: (changes) => tasks.commit(changes), load: () => this.#load() };
    this.#scheduler = new Scheduler({ driver, store, listener, options: schedulerOptions ?? {} });
  }

  async run(): Promise<JobOutcome> {
    const { job, directory, keepParts, signal } = this.#run;
    await checkInputs(job);
    mkdirSync(directory, { recursive: true });
    prepareJobDirectory(job, directory, { keepParts });
    const records = await this.#connect();
    if (!records) return this.#interruptedEarly();
    const interrupt = () => this.#halt({ kill: true });
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
    try {
      return await this.#work(records);
    } finally {
      signal.removeEventListener('abort', interrupt);
      await this.#close('teardown');
    }
  }

  async #load(): Promise<readonly TaskRecord[]> {
    const { job, tasks } = this.#run;
    const records = onTermsOf(job, await tasks.load());
    for (const { state, attempts } of records) {
      const last = attempts.at(-1);
      if (state === 'active' && last) this.#inherited.add(last.id);
    }
    return records;
  }

  /** Answers the tasks that are there, or nothing if the job is interrupted before the cluster is reached. */
  async #connect(): Promise<readonly TaskRecord[] | undefined> {
    const { signal } = this.#run;
    if (signal.aborted) return undefined;
    const aborted = Promise.withResolvers<undefined>();
    const abort = () => aborted.resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    const starting = this.#scheduler.start();
    try {
      const records = await Promise.race([starting, aborted.promise]);
      if (!records) await this.#close('disconnect');
      return records;
    } catch (error) {
      await this.#close('disconnect');
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      // One that was given up may still fail, which is of no interest any more.
      starting.catch(() => {});
    }
  }

  async #interruptedEarly(): Promise<JobOutcome> {
    const { job, tasks } = this.#run;
    const { parts, merges } = tasksOf(job, await tasks.load());
    for (const { spec, state, attempts } of [...parts, ...merges]) this.#restore(spec.id, state, attempts);
    return { state: 'interrupted', counts: this.#counter.counts };
  }

  /** What the job came to stands, also if the cluster could not be told that it is over. */
  async #close(how: 'teardown' | 'disconnect'): Promise<void> {
    try {
      await this.#scheduler.close(how);
      if (how === 'teardown') await this.#run.onTornDown?.();
    } catch (error) {
      const words = messageOf(error);
      this.#run.listener({ type: 'warning', message: `the cluster was not left in order: ${words}` });
    }
  }

  #halt(options: { readonly kill: boolean }): void {
    this.#scheduler.halt(options).catch(() => {
      // It has stopped already, and `settled` says why.
    });
  }

  async #work(records: readonly TaskRecord[]): Promise<JobOutcome> {
    const { job, signal, states } = this.#run;
    const parts = await this.#parts(records).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!parts) return { state: 'interrupted', counts: this.#counter.counts };
    await this.#scheduler.settled();
    if (this.#failures.length === 0 && !signal.aborted) await this.#merge(parts, records);
    const { counts } = this.#counter;
    if (this.#failures.length > 0) {
      await states.setJobState(job.id, 'error');
      return { state: 'error', failures: await Promise.all(this.#failures), counts };
    }
    if (signal.aborted) return { state: 'interrupted', counts };
    const results = await this.#deliver(parts);
    await states.setJobState(job.id, 'ok');
    return { state: 'ok', results, counts };
  }

  /** Takes up the tasks that are there, or plans them; answers their ids in order. */
  async #parts(records: readonly TaskRecord[]): Promise<readonly string[]> {
    const { job, listener, states } = this.#run;
    const { parts, merges } = tasksOf(job, records);
    const known = [...parts, ...merges];
    for (const { spec, state, attempts } of known) this.#restore(spec.id, state, attempts);
    // Before anything of it can run: a job that has begun is one to go on with, whatever happens next.
    if (parts.length > 0) await states.setJobState(job.id, 'queued');
    await this.#scheduler.retry(known.filter(({ state }) => state === 'failed').map(({ spec }) => spec.id));
    if (parts.length > 0) {
      const resumed = parts.filter(({ state }) => state === 'finished').length;
      listener({ type: 'planned', tasks: parts.length, resumed, records: 0 });
      return parts.map(({ spec }) => spec.id);
    }
    const { specs, records: found } = await planTasks(this.#run);
    for (const { id } of specs) this.#counter.set(id, 'waiting');
    listener({ type: 'planned', tasks: specs.length, resumed: 0, records: found });
    await states.setJobState(job.id, 'queued');
    await this.#scheduler.submit(specs);
    return specs.map(({ id }) => id);
  }

  #restore(taskId: string, state: TaskRecord['state'], attempts: readonly Attempt[]): void {
    // Where something happened to it since it was loaded, that is newer.
    if (!this.#counter.has(taskId)) this.#counter.set(taskId, state === 'failed' ? 'waiting' : state);
    const winner = attempts.find((attempt) => attempt.state === 'TASK_FINISHED');
    if (state === 'finished' && winner) this.#winners.set(taskId, winner);
  }

  /** Joins the outputs of the parts, each as a task of its own; a job that is not split needs none. */
  async #merge(parts: readonly string[], records: readonly TaskRecord[]): Promise<void> {
    const { job, directory, listener } = this.#run;
    if (!job.split) return;
    const known = new Set(tasksOf(job, records).merges.map(({ spec }) => spec.id));
    const specs = job.outputs.flatMap(({ name, file, merge }) => {
      const id = mergeTaskId(job, name);
      if (known.has(id)) return [];
      const files = parts.map((part) => attemptPath(directory, this.#winner(part).id, file));
      const command = prepareMerge(directory, { output: name, merge, parts: files });
      listener({ type: 'merging', output: name, parts: files.length });
      this.#counter.set(id, 'waiting');
      return [taskSpec(job, id, `merge of ${name}`, command)];
    });
    await this.#scheduler.submit(specs);
    await this.#scheduler.settled();
  }

  async #deliver(parts: readonly string[]): Promise<JobResult[]> {
    const { job, directory } = this.#run;
    await checkInputs(job);
    const results: JobResult[] = [];
    for (const output of job.outputs) {
      const task = job.split ? mergeTaskId(job, output.name) : parts[0];
      const file = job.split ? mergedFile : output.file;
      results.push(await deliver(job, output, attemptPath(directory, this.#winner(task ?? '').id, file)));
    }
    return results;
  }

  #winner(taskId: string): Attempt {
    const attempt = this.#winners.get(taskId);
    if (!attempt) throw new Error(`the task ${taskId} counts as finished, but none of its attempts does`);
    return attempt;
  }

  #hear(notice: SchedulerNotice): void {
    const { listener } = this.#run;
    const warning = warningOf(notice);
    if (notice.type === 'task') this.#hearTask(notice);
    else if (notice.type === 'subscribed') listener(notice);
    else if (warning !== undefined) listener({ type: 'warning', message: warning });
    // Nothing else needs to be told: `settled` throws what stopped the scheduler, attempts show in their tasks.
  }

  #hearTask(notice: Extract<SchedulerNotice, { type: 'task' }>): void {
    const { spec, state, attempt } = notice;
    if (state === 'failed' && attempt && this.#inherited.delete(attempt.id)) {
      this.#tryAgain(spec.id);
      return;
    }
    this.#counter.set(spec.id, state);
    if (state === 'finished' && attempt) this.#winners.set(spec.id, attempt);
    if (state === 'failed') this.#fail(notice);
    this.#run.listener({
      type: 'task',
      task: spec.name,
      state,
      ...(attempt && { attempt: attempt.number, hostname: attempt.hostname, agentId: attempt.agentId }),
      ...(attempt?.exitCode !== undefined && { exitCode: attempt.exitCode }),
      counts: this.#counter.counts,
    });
  }

  /**
   * What ended while nobody watched is as what had failed before: taking up the job tries it again. It may well
   * have failed only because the earlier run came to its end.
   */
  #tryAgain(taskId: string): void {
    this.#scheduler.retry([taskId]).catch(() => {
      // It has stopped already, and `settled` says why.
    });
  }

  /** One task that failed for good fails the job: what runs may end, since it need not run again on resuming. */
  #fail(notice: Extract<SchedulerNotice, { type: 'task' }>): void {
    const { driver, directory } = this.#run;
    if (this.#failures.length === 0) this.#halt({ kill: false });
    const failure = describeFailure(driver, directory, notice);
    // Looked at when the job has settled; until then a rejection is not unhandled.
    failure.catch(() => {});
    this.#failures.push(failure);
  }
}
