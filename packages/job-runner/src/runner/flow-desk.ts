import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import type { Clock, ClusterDriver, Scheduler, SchedulerNotice, TaskSpec } from '@galaxy-mesos/scheduler';
import { refuseUnknownUser } from '../child/refuse-unknown-user.ts';
import { describeJobFailure } from '../failure-words.ts';
import { messageOf } from '../job-error.ts';
import type { JobEvent as RecipeEvent } from '../job-event.ts';
import { type FlowEnd, JobFlow } from '../job-flow.ts';
import type { JobRecipe } from '../job-recipe.ts';
import { joinsAtOnce } from '../joins/joins-at-once.ts';
import { Limiter } from '../limiter.ts';
import type { TaskTerms } from '../plan-tasks.ts';
import { PlannedRecipe } from '../planned-recipe.ts';
import { coresOf } from '../planning/plan-facts.ts';
import { type AttemptsOwner, ownedBy } from './attempts-owner.ts';
import { DirectoryPartsRecipe } from './directory-parts-recipe.ts';
import { type DirectoryJobs, DirectoryRecipe } from './directory-recipe.ts';
import type { JobEntry } from './job-entry.ts';
import type { JobLedger } from './job-ledger.ts';
import type { JobTable } from './job-table.ts';
import { partOfTask } from './part-of-task.ts';
import { SharedTasks } from './shared-tasks.ts';

/** What a {@link FlowDesk} works with. */
export interface FlowDeskParts {
  readonly driver: ClusterDriver;
  readonly scheduler: Pick<Scheduler, 'agents' | 'submit' | 'retry' | 'hold' | 'cancel'>;
  readonly ledger: JobLedger;
  readonly table: JobTable;
  readonly clock: Clock;
  /** Absolute; each job has a directory below it, named by its id. */
  readonly directory: string;
  readonly directories: DirectoryJobs;
  readonly secretOf: (jobId: string) => string;
  readonly terms: TaskTerms;
  readonly attemptsOwner: AttemptsOwner | undefined;
  readonly planningAtOnce: number;
  readonly deliveriesAtOnce: number;
  /** Contributors' modules, which bring strategies and merges. */
  readonly strategyModules: readonly string[];
  /** Fires when another process may go on with the jobs: nothing is begun, and no file moved, any more. */
  readonly stopping: AbortSignal;
}

const unseenAdvice = 'keep it where all agents see it, or let files travel by HTTP';

/** What a person at a terminal is told; events of jobs are made where they are stored. */
const nobody = (): void => {};

/** Brings jobs forward, each by a flow of its own: plans it, waits for its tasks, delivers its results. */
export class FlowDesk {
  readonly #parts: FlowDeskParts;
  /** To read an input that is split takes minutes, and nobody else is to wait for that. */
  readonly #splitting: Limiter;
  readonly #planning: Limiter;
  readonly #delivering: Limiter;
  /** A join takes minutes, and small results of other jobs are not to wait for that. */
  readonly #joining = new Limiter(joinsAtOnce());

  constructor(parts: FlowDeskParts) {
    this.#parts = parts;
    this.#splitting = new Limiter(parts.planningAtOnce);
    this.#planning = new Limiter(parts.planningAtOnce);
    this.#delivering = new Limiter(parts.deliveriesAtOnce);
  }

  /** Where the files are that are kept for a job. */
  directoryOf(jobId: string): string {
    return path.join(this.#parts.directory, jobId);
  }

  /** Goes on with a job where it stands, until it has ended or is told to stop. */
  begin(entry: JobEntry): void {
    const { driver, scheduler, stopping, table } = this.#parts;
    // Whoever asked for it may have waited for something, and the job been cancelled meanwhile.
    if (entry.running || entry.isEnded || stopping.aborted) return;
    const abort = new AbortController();
    const { signal } = abort;
    const tasks = new SharedTasks(entry, remembering(entry, table, scheduler), signal);
    const recipe = this.#limited(entry, this.#owned(entry, this.#recipeOf(entry, signal)), signal);
    const flow = new JobFlow({
      directory: this.directoryOf(entry.id),
      recipe,
      book: entry.book,
      tasks,
      driver,
      listener: nobody,
      signal,
      unseenAdvice,
      onBegin: () => this.#queue(entry),
    });
    const done = this.#follow(entry, flow, recipe, signal).finally(() => {
      entry.running = undefined;
      entry.changed();
    });
    entry.running = { flow, abort, done };
  }

  /** Takes in what became of a task, after the book of its job did. */
  hear(entry: JobEntry, notice: Extract<SchedulerNotice, { type: 'task' }>): void {
    entry.running?.flow.hear(notice);
    if (notice.state === 'finished' && entry.job.split && entry.job.directory !== undefined) {
      // What stays goes with the job.
      this.#parts.directories
        .dropPart(this.directoryOf(entry.id), partOfTask(notice.spec.id))
        .catch(() => {});
    }
    entry.changed();
  }

  /** What the attempts at a job that was begun by an earlier process need, as this process has it. */
  async renew(entry: JobEntry): Promise<void> {
    const { job, book } = entry;
    const isOver = [...book.tasks].every(({ state }) => state === 'finished' || state === 'cancelled');
    if (job.directory === undefined || isOver) return;
    const recipe = this.#owned(entry, this.#directoryRecipe(entry));
    await this.#planning.run(() => recipe.prepare(), this.#parts.stopping);
  }

  /** A task of the store as this process would plan it: agents may find what they need in another place now. */
  renewed(spec: TaskSpec): TaskSpec {
    const entry = this.#parts.table.ofTask(spec.id);
    return entry?.job.directory === undefined ? spec : this.#directoryRecipe(entry).renewed(spec);
  }

  /** Moves into place what the last attempt at a cancelled job with a directory has made. */
  async salvage(entry: JobEntry): Promise<void> {
    const { job, book } = entry;
    const [task, ...others] = book.tasks;
    const attempt = task?.attempts.at(-1);
    if (job.directory === undefined || others.length > 0 || task?.state !== 'cancelled' || !attempt) return;
    await entry.running?.done;
    const { directories, stopping } = this.#parts;
    const deliver = () => directories.deliver(job, this.directoryOf(job.id), attempt.id, stopping);
    await this.#delivering.run(deliver, stopping);
  }

  /** Never rejects: how a job ended is part of the job. */
  async #follow(entry: JobEntry, flow: JobFlow, recipe: JobRecipe, signal: AbortSignal): Promise<void> {
    const { attemptsOwner: owner, terms } = this.#parts;
    try {
      if (entry.job.split) refuseUnknownUser({ runAs: terms.runAs, owner });
      if (entry.book.counts.total === 0) await recipe.prepare();
      await this.#end(entry, recipe, await flow.run({ retry: false }));
    } catch (error) {
      // Whoever told it to stop knows why; a ledger that cannot write has told so itself.
      if (signal.aborted || entry.isEnded) return;
      await this.#fail(entry, messageOf(error)).catch(() => {});
    }
  }

  async #queue(entry: JobEntry): Promise<void> {
    if (entry.decided.state === 'new') await this.#parts.ledger.move(entry, 'queued');
  }

  async #end(entry: JobEntry, recipe: JobRecipe, end: FlowEnd): Promise<void> {
    if (end.state === 'interrupted' || entry.isEnded) return;
    if (end.state === 'error') {
      const { statusWords } = entry.job.directory === undefined ? {} : this.#parts.directories;
      const words = describeJobFailure(
        entry.book,
        end.failures,
        statusWords,
        (id) => recipe.dispensable(id) !== undefined,
      );
      return this.#fail(entry, words);
    }
    const exitCode = end.exitCode ?? exitCodeOf(entry);
    await this.#parts.ledger.move(entry, 'ok', {
      ...this.#begun(entry),
      endedAt: this.#parts.clock.now(),
      ...(exitCode !== undefined && { exitCode }),
      ...(end.failedParts && { failedParts: end.failedParts }),
    });
  }

  async #fail(entry: JobEntry, message: string): Promise<void> {
    const exitCode = exitCodeOf(entry);
    await this.#parts.ledger.move(entry, 'error', {
      ...this.#begun(entry),
      endedAt: this.#parts.clock.now(),
      ...(exitCode !== undefined && { exitCode }),
      message,
    });
  }

  #begun({ decided }: JobEntry): { readonly startedAt?: number } {
    const { startedAt } = decided.outcome;
    return startedAt === undefined ? {} : { startedAt };
  }

  /** Where this process makes the files of attempts, nobody else may put links in their place. */
  #ownerOf({ directory }: Job): AttemptsOwner | undefined {
    const { attemptsOwner, directories } = this.#parts;
    return directory === undefined || directories.areTreesOfTasks ? attemptsOwner : undefined;
  }

  #recipeOf(entry: JobEntry, signal: AbortSignal): JobRecipe {
    const { attemptsOwner, driver, strategyModules } = this.#parts;
    const { job, book } = entry;
    const directory = this.directoryOf(job.id);
    if (job.directory !== undefined) return this.#directoryRecipe(entry, signal);
    return new PlannedRecipe({
      job,
      directory,
      driver,
      book,
      listener: (event) => this.#tellOfJoins(entry, event),
      signal,
      keepParts: false,
      inTurn: (join, stop) => this.#joining.run(join, stop),
      strategyModules,
      cores: this.#cores,
      planInTurn: (plan, stop) => this.#splitting.run(plan, stop),
      terms: this.#termsOf(entry),
      ...(attemptsOwner && { owner: attemptsOwner }),
    });
  }

  /** Of what else a recipe tells a person at a terminal, the store's events tell better. */
  #tellOfJoins(entry: JobEntry, event: RecipeEvent): void {
    if (event.type === 'merging') this.#parts.ledger.tell(entry, [event]);
  }

  readonly #cores = (): number | undefined => coresOf(this.#parts.scheduler.agents());

  #termsOf({ generation }: JobEntry): TaskTerms {
    return { ...this.#parts.terms, generation };
  }

  #directoryRecipe(entry: JobEntry, signal = this.#parts.stopping): DirectoryRecipe | DirectoryPartsRecipe {
    const { job, book } = entry;
    const { directories, secretOf, stopping } = this.#parts;
    const terms = this.#termsOf(entry);
    const [directory, secret] = [this.directoryOf(job.id), secretOf(job.id)];
    const whole = { job, directory, book, directories, secret, terms, stopping };
    if (!job.split) return new DirectoryRecipe(whole);
    return new DirectoryPartsRecipe({
      ...whole,
      driver: this.#parts.driver,
      signal,
      inTurn: (join, stop) => this.#joining.run(join, stop),
      strategyModules: this.#parts.strategyModules,
      cores: this.#cores,
      planInTurn: (plan, stop) => this.#splitting.run(plan, stop),
      owner: this.#ownerOf(job),
    });
  }

  #owned({ id, job }: JobEntry, recipe: JobRecipe): JobRecipe {
    return ownedBy(recipe, this.directoryOf(id), this.#ownerOf(job));
  }

  /** Jobs may come by the thousand, and each of these reads or writes files. */
  #limited({ job }: JobEntry, recipe: JobRecipe, signal: AbortSignal): JobRecipe {
    return {
      prepare: () => this.#planning.run(() => recipe.prepare(), signal),
      isPlanned: () => recipe.isPlanned(),
      plan: (submit) =>
        job.split ? recipe.plan(submit) : this.#planning.run(() => recipe.plan(submit), signal),
      planned: () => recipe.planned(),
      following: (ended) => recipe.following(ended),
      dispensable: (taskId) => recipe.dispensable(taskId),
      deliver: () => this.#delivering.run(() => recipe.deliver(), signal),
    };
  }
}

/** Remembers whose the tasks are before anything can be heard of them. */
const remembering = (
  entry: JobEntry,
  table: JobTable,
  scheduler: FlowDeskParts['scheduler'],
): Omit<FlowDeskParts['scheduler'], 'agents'> => ({
  submit: (specs) => {
    table.own(entry, specs);
    return scheduler.submit(specs);
  },
  retry: (taskIds) => scheduler.retry(taskIds),
  hold: (taskIds) => scheduler.hold(taskIds),
  cancel: (taskIds) => scheduler.cancel(taskIds),
});

/** Of a job that is one task: what the last attempt ended with. */
function exitCodeOf({ book }: JobEntry): number | undefined {
  const [only, ...others] = book.tasks;
  return others.length > 0 ? undefined : only?.attempts.at(-1)?.exitCode;
}
