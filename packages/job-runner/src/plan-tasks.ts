import { setImmediate } from 'node:timers/promises';
import type { ContainerRuntime, Job } from '@galaxy-mesos/galaxy-jobs';
import {
  type ClusterDriver,
  isFinal,
  type TaskId,
  type TaskRecord,
  type TaskSpec,
} from '@galaxy-mesos/scheduler';
import type { FileOwner } from './deliver-as.ts';
import type { JobEvent } from './job-event.ts';
import type { PlanRecord } from './plan-record.ts';
import { factsNow, keptFacts, keptSeconds, type PlanFacts } from './planning/plan-facts.ts';
import { type Planning, planHere } from './planning/plan-here.ts';
import type { HandedPart, PartRecord } from './planning/planned-data.ts';
import type { BookedTask, TaskBook } from './task-book.ts';
import { partTaskId } from './task-ids.ts';
import { taskCommand } from './task-script.ts';

/** What whoever runs jobs says of all their tasks. */
export interface TaskTerms {
  /** The user of the operating system as whom they run. */
  readonly runAs?: string;
  /**
   * Part of the ids of tasks, and so of their attempts, where another job may take the id of one that is gone: an
   * attempt of that one may still run on an agent that could not be reached. Letters and digits.
   */
  readonly generation?: string;
}

/** What a job says of its tasks that may be another thing when it is taken up again. */
function termsOf(job: Job) {
  const { environment, resources, retries, walltime, outOfMemory, user, queue, priority } = job;
  return {
    environment,
    resources,
    retries,
    ...(walltime !== undefined && { maximumRunSeconds: walltime }),
    ...(outOfMemory && { retryRules: { outOfMemory } }),
    ...(user !== undefined && { user }),
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
  };
}

/** Where the job's image is to be put up by Mesos itself. */
function containerOf({ container }: Job): Pick<TaskSpec, 'container'> {
  const type = container && containerizers[container.runtime];
  if (!container || !type) return {};
  const { image, volumes } = container;
  return { container: { image, type, ...(volumes && { volumes }) } };
}

const containerizers: Partial<Record<ContainerRuntime, 'mesos' | 'docker'>> = {
  mesos: 'mesos',
  'mesos-docker': 'docker',
};

/** A task of a job, which asks for what the job asks for. */
export const taskSpec = (
  job: Job,
  id: string,
  name: string,
  command: string,
  { runAs }: TaskTerms = {},
): TaskSpec => ({
  id,
  name,
  command,
  ...termsOf(job),
  ...containerOf(job),
  ...(runAs !== undefined && { runAs }),
});

/** What came of handing over the tasks of a job: how many records were found, and what is to be remembered. */
export interface PlannedTasks {
  readonly records: number;
  readonly plan: PlanRecord;
}

/** What tasks are planned for. */
export interface PlanRun {
  readonly job: Job;
  /** The job's own. */
  readonly directory: string;
  readonly driver: Pick<ClusterDriver, 'kind'>;
  readonly listener: (event: JobEvent) => void;
  readonly signal: AbortSignal;
  readonly terms?: TaskTerms;
  /** Whose files are read, and as whom. Default: as the user of this process. */
  readonly owner?: FileOwner | undefined;
  /** Contributors' modules, which bring strategies and merges. */
  readonly strategyModules?: readonly string[];
  /** How many cores there are for all tasks, as far as that is known now. */
  readonly cores?: () => number | undefined;
  /** Whether tasks see the inputs where they lie. Default: they do. */
  readonly shared?: boolean;
  /** Of the tasks that were handed over. */
  readonly book: Pick<TaskBook, 'counts' | 'ended' | 'get'>;
  /** Many may be planned: does one when it is its turn. Default: at once. */
  readonly planInTurn?: <Planned>(plan: () => Promise<Planned>, signal: AbortSignal) => Promise<Planned>;
  /** The task that does a part. Default: one that runs the task script. */
  readonly specOf?: (part: HandedPart, id: TaskId, name: string, isWhole: boolean) => TaskSpec;
}

/** Plans a job: hands over its tasks, one, or one for each part into which it is cut, while later ones are looked for. */
export async function planTasks(
  run: PlanRun,
  submit: (specs: readonly TaskSpec[]) => Promise<void>,
): Promise<PlannedTasks> {
  const { job, directory, driver, signal, cores = () => undefined, shared } = run;
  if (!job.split) {
    await submit([specOfPart(run, wholePart, 0, true)]);
    return { records: 0, plan: { isWhole: true, joins: {}, parts: [{}] } };
  }
  const facts = await keptFacts(directory, run.book.counts.total > 0, () =>
    factsNow(job, driver, signal, cores, shared),
  );
  const { planInTurn = (plan) => plan() } = run;
  for (;;) {
    const planned = await planInTurn(() => planOnce(run, facts, submit), signal);
    if (typeof planned === 'object') return planned;
    await run.book.ended(planned, signal);
    // Whoever runs the tasks hears of it after the book does; if it has failed the job, there is nothing to plan.
    await setImmediate();
    await submit([]);
  }
}

/**
 * Plans a job as far as that is possible now: a task may have to end before it is known how the rest is cut. It may
 * take hours to do so, and others may plan meanwhile; the same plan that is made again then is told how long it took.
 */
async function planOnce(
  run: PlanRun,
  facts: PlanFacts,
  submit: (specs: readonly TaskSpec[]) => Promise<void>,
): Promise<PlannedTasks | TaskId> {
  const parts: PartRecord[] = [];
  let plan: Pick<PlanRecord, 'isWhole' | 'joins'> = { isWhole: false, joins: {} };
  let records = 0;
  for await (const news of planHere(planningOf(run, facts))) {
    run.signal.throwIfAborted();
    if (news.type === 'progress') run.listener({ type: 'planning', read: news.read, size: news.size });
    else if (news.type === 'chosen') plan = { isWhole: news.isWhole, joins: news.joins };
    else if (news.type === 'awaited') return idOfPart(run, news.index);
    else {
      const before = parts.length;
      parts.push(...news.parts.map(recordOf));
      records = news.parts.reduce((sum, part) => sum + part.records, records);
      await submit(news.parts.map((part, at) => specOfPart(run, part, before + at, plan.isWhole)));
    }
  }
  return { records, plan: { ...plan, parts } };
}

function planningOf(run: PlanRun, facts: PlanFacts): Planning {
  const { job, directory, signal, owner, strategyModules: modules = [], book } = run;
  const took = (index: number): Promise<number | undefined> => {
    const task = book.get(idOfPart(run, index));
    if (!task) throw new Error(`how long part ${index + 1} takes is asked for before there is such a part`);
    return keptSeconds(directory, index, () => (isFinal(task.state) ? secondsOf(task) : undefined));
  };
  return { job, directory, facts, modules, signal, owner, took };
}

const idOfPart = ({ job, terms }: PlanRun, index: number): TaskId =>
  partTaskId(job, index, terms?.generation);

/** How long the command of a task ran. */
function secondsOf({ attempts }: BookedTask): number {
  const last = attempts.findLast(({ state }) => state === 'TASK_FINISHED') ?? attempts.at(-1);
  const begun = last?.startedAt ?? last?.launchedAt;
  return last?.endedAt === undefined || begun === undefined ? 0 : Math.max(0, last.endedAt - begun) / 1000;
}

function specOfPart(run: PlanRun, part: HandedPart, index: number, isWhole: boolean): TaskSpec {
  const { job, directory, terms, specOf } = run;
  const id = idOfPart(run, index);
  const name = isWhole ? job.name : partName(index, part);
  if (specOf) return specOf(part, id, name, isWhole);
  return taskSpec(job, id, name, taskCommand(directory, job, part), terms);
}

const wholePart: HandedPart = { index: 0, slices: [], records: 0, cost: 1 };

const recordOf = ({ label, values, groups }: HandedPart): PartRecord => ({
  ...(label !== undefined && { label }),
  ...(values && { values }),
  ...(groups && { groups }),
});

/** How many there are in all is not known when the first ones are named. */
const partName = (index: number, { label }: HandedPart): string =>
  `part ${index + 1}${label === undefined ? '' : `, ${label}`}`;

/** Tasks of an earlier run get what the job asks for now: more memory is why many a job is taken up again. */
export const onTermsOf = (job: Job, records: readonly TaskRecord[]): readonly TaskRecord[] =>
  records.map((record) => ({ ...record, spec: { ...record.spec, ...termsOf(job) } }));
