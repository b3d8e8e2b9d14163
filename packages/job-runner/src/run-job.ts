import {
  type Attempt,
  Scheduler,
  type SchedulerNotice,
  type TaskRecord,
  type TaskStore,
} from '@galaxy-mesos/scheduler';
import { DemandReports } from './demand/demand-reports.ts';
import { messageOf } from './job-error.ts';
import type { JobOutcome } from './job-event.ts';
import { countsOf, JobFlow } from './job-flow.ts';
import type { JobTasks } from './job-recipe.ts';
import type { JobRun } from './job-run.ts';
import { joinsAtOnce } from './joins/joins-at-once.ts';
import { Limiter } from './limiter.ts';
import { onTermsOf } from './plan-tasks.ts';
import { PlannedRecipe } from './planned-recipe.ts';
import { coresOf } from './planning/plan-facts.ts';
import { TaskBook } from './task-book.ts';
import { tasksOf } from './task-ids.ts';
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

/** One job with a scheduler of its own. */
class RunningJob {
  readonly #run: JobRun;
  readonly #scheduler: Scheduler;
  readonly #book = new TaskBook();
  readonly #recipe: PlannedRecipe;
  readonly #flow: JobFlow;
  readonly #subscribed = Promise.withResolvers<void>();
  /** Attempts of an earlier run that were out when this one began. */
  readonly #inherited = new Set<string>();

  constructor(run: JobRun) {
    this.#run = run;
    const { job, directory, driver, tasks, states, listener, signal, keepParts, schedulerOptions } = run;
    const { strategyModules } = run;
    const book = this.#book;
    const store: TaskStore = { commit: (changes) => tasks.commit(changes), load: () => this.#load() };
    this.#scheduler = new Scheduler({
      driver,
      store,
      listener: (notice) => this.#hear(notice),
      options: schedulerOptions ?? {},
    });
    const joining = new Limiter(joinsAtOnce());
    this.#recipe = new PlannedRecipe({
      ...{ job, directory, driver, book, listener, signal, keepParts },
      inTurn: (join, stop) => joining.run(join, stop),
      cores: () => coresOf(this.#scheduler.agents()),
      ...(strategyModules && { strategyModules }),
    });
    this.#flow = new JobFlow({
      directory,
      recipe: this.#recipe,
      book,
      tasks: this.#tasks(),
      driver,
      listener,
      signal,
      unseenAdvice: 'choose one that all agents see with --work-dir',
      onBegin: () => states.setJobState(job.id, 'queued'),
      onUnplannable: () => states.setJobState(job.id, 'new'),
    });
  }

  async run(): Promise<JobOutcome> {
    const { signal } = this.#run;
    await this.#recipe.prepare();
    if (!(await this.#connect())) return this.#interruptedEarly();
    const interrupt = () => this.#halt({ kill: true });
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
    const reports = this.#reports();
    reports?.start();
    try {
      return await this.#work();
    } finally {
      signal.removeEventListener('abort', interrupt);
      await reports?.stop();
      await this.#close('teardown');
    }
  }

  async #work(): Promise<JobOutcome> {
    const { job, states } = this.#run;
    const end = await this.#flow.run({ retry: true });
    if (end.state !== 'interrupted') {
      const { failedParts } = end.state === 'ok' ? end : {};
      await states.setJobState(job.id, end.state, { ...(failedParts && { failedParts }) });
    }
    return { ...end, counts: countsOf(this.#book) };
  }

  #reports(): DemandReports | undefined {
    const { demand: desk, listener } = this.#run;
    return (
      desk &&
      new DemandReports({
        desk,
        demand: () => this.#scheduler.demand(),
        onTrouble: (message) => listener({ type: 'warning', message }),
      })
    );
  }

  #tasks(): JobTasks {
    const scheduler = this.#scheduler;
    return {
      submit: (specs) => scheduler.submit(specs),
      retry: (taskIds) => scheduler.retry(taskIds),
      halt: () => this.#halt({ kill: false }),
      cancel: () => this.#halt({ kill: true }),
      settled: () => scheduler.settled(),
    };
  }

  async #load(): Promise<readonly TaskRecord[]> {
    const { job, tasks } = this.#run;
    const records = onTermsOf(job, await tasks.load());
    this.#restore(records);
    for (const { state, attempts } of records) {
      const last = attempts.at(-1);
      if (state === 'active' && last) this.#inherited.add(last.id);
    }
    return records;
  }

  #restore(records: readonly TaskRecord[]): void {
    for (const record of tasksOf(this.#run.job, records)) this.#book.restore(record);
  }

  /** False if the job is interrupted before the cluster is reached. */
  async #connect(): Promise<boolean> {
    const { signal } = this.#run;
    if (signal.aborted) return false;
    const aborted = Promise.withResolvers<undefined>();
    const abort = () => aborted.resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
    const starting = this.#start();
    try {
      const records = await Promise.race([starting, aborted.promise]);
      if (!records) await this.#close('disconnect');
      return records !== undefined;
    } catch (error) {
      await this.#close('disconnect');
      if (signal.aborted) return false;
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      // One that was given up may still fail, which is of no interest any more.
      starting.catch(() => {});
    }
  }

  /** Resolves when whoever watches was told as which framework the job runs, or that it cannot. */
  async #start(): Promise<readonly TaskRecord[]> {
    const records = await this.#scheduler.start();
    await this.#subscribed.promise;
    return records;
  }

  async #interruptedEarly(): Promise<JobOutcome> {
    if (this.#book.counts.total === 0) this.#restore(await this.#run.tasks.load());
    // Taking up the job would try them again.
    for (const id of this.#book.idsIn('failed')) this.#book.moved(id, 'waiting');
    return { state: 'interrupted', counts: countsOf(this.#book) };
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

  #hear(notice: SchedulerNotice): void {
    const { listener } = this.#run;
    const warning = warningOf(notice);
    if (notice.type === 'subscribed' || notice.type === 'stopped') this.#subscribed.resolve();
    if (notice.type === 'task') this.#hearTask(notice);
    else if (notice.type === 'attempt') this.#book.attempted(notice.attempt);
    else if (notice.type === 'subscribed') listener(notice);
    else if (warning !== undefined) listener({ type: 'warning', message: warning });
    // Nothing else needs to be told: `settled` throws what stopped the scheduler, attempts show in their tasks.
  }

  #hearTask(notice: Extract<SchedulerNotice, { type: 'task' }>): void {
    const { spec, state, attempt, message } = notice;
    if (state === 'failed' && attempt && this.#inherited.delete(attempt.id)) {
      this.#tryAgain(spec.id, attempt);
      return;
    }
    this.#book.moved(spec.id, state, attempt, message);
    this.#flow.hear(notice);
  }

  /**
   * What ended while nobody watched is as what had failed before: taking up the job tries it again. It may well
   * have failed only because the earlier run came to its end.
   */
  #tryAgain(taskId: string, attempt: Attempt): void {
    this.#book.moved(taskId, 'waiting', attempt);
    this.#scheduler.retry([taskId]).catch(() => {
      // It has stopped already, and `settled` says why.
    });
  }
}
