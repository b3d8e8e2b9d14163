import path from 'node:path';
import type { ContainerRuntime, Job } from '@galaxy-mesos/galaxy-jobs';
import { type PlannedPart, planJob } from '@galaxy-mesos/parallelism';
import type { ClusterDriver, TaskRecord, TaskSpec } from '@galaxy-mesos/scheduler';
import type { JobEvent } from './job-event.ts';
import type { PartRecord, PlanRecord } from './plan-record.ts';
import { SidecarFile } from './sidecar-file.ts';
import { partTaskId } from './task-ids.ts';
import { scriptFiles, taskCommand } from './task-script.ts';

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

/** So many tasks are stored at once; one by one it would take longer than to plan them. */
const mostAtOnce = 1000;
/** Tasks wait so long for others to be stored with, so that the first ones begin while a large file is still read. */
const longestWaitMilliseconds = 100;

/** Plans a job: hands over its tasks, one, or one for each part into which it is cut, while later ones are looked for. */
export async function planTasks(
  run: {
    readonly job: Job;
    readonly directory: string;
    readonly driver: Pick<ClusterDriver, 'kind'>;
    readonly listener: (event: JobEvent) => void;
    readonly signal: AbortSignal;
    readonly terms?: TaskTerms;
  },
  submit: (specs: readonly TaskSpec[]) => Promise<void>,
): Promise<PlannedTasks> {
  const { job, directory, driver, listener, signal, terms } = run;
  const sidecar = new SidecarFile(path.join(directory, scriptFiles.sidecar));
  const context = {
    mesos: driver.kind === 'mesos',
    sidecar,
    signal,
    onProgress: (read: number, size: number) => listener({ type: 'planning', read, size }),
  };
  const parts: PartRecord[] = [];
  let records = 0;
  let specs: TaskSpec[] = [];
  let submittedAt = performance.now();
  const submitAll = async () => {
    signal.throwIfAborted();
    await submit(specs);
    specs = [];
    submittedAt = performance.now();
  };
  try {
    const planned = await planJob(job, context);
    const { isWhole, merges } = planned;
    for await (const part of planned.parts) {
      const id = partTaskId(job, parts.length, terms?.generation);
      const name = isWhole ? job.name : partName(part);
      specs.push(taskSpec(job, id, name, taskCommand(directory, job, part), terms));
      parts.push({ ...labelOf(part), ...(part.values && { values: part.values }) });
      records += part.records;
      const isLate = performance.now() - submittedAt >= longestWaitMilliseconds;
      if (isLate || specs.length >= mostAtOnce) await submitAll();
    }
    if (specs.length > 0) await submitAll();
    return { records, plan: { isWhole, merges, parts } };
  } finally {
    await sidecar.close();
  }
}

const labelOf = ({ label }: PlannedPart): { readonly label?: string } =>
  label === undefined ? {} : { label };

/** How many there are in all is not known when the first ones are named. */
const partName = ({ index, label }: PlannedPart): string =>
  `part ${index + 1}${label === undefined ? '' : `, ${label}`}`;

/** Tasks of an earlier run get what the job asks for now: more memory is why many a job is taken up again. */
export const onTermsOf = (job: Job, records: readonly TaskRecord[]): readonly TaskRecord[] =>
  records.map((record) => ({ ...record, spec: { ...record.spec, ...termsOf(job) } }));
