import path from 'node:path';
import type { ContainerRuntime, Job } from '@galaxy-mesos/galaxy-jobs';
import { planSplit, type Slice } from '@galaxy-mesos/parallelism';
import type { ClusterDriver, TaskRecord, TaskSpec } from '@galaxy-mesos/scheduler';
import type { JobEvent } from './job-event.ts';
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

/** The tasks of a job: one, or one for each part of the input that is split; and how many records were found. */
export async function planTasks(run: {
  readonly job: Job;
  readonly directory: string;
  readonly driver: Pick<ClusterDriver, 'kind'>;
  readonly listener: (event: JobEvent) => void;
  readonly signal: AbortSignal;
  readonly terms?: TaskTerms;
}): Promise<{ specs: TaskSpec[]; records: number }> {
  const { job, directory, driver, listener, signal, terms } = run;
  if (!job.split) {
    return {
      specs: [
        taskSpec(job, partTaskId(job, 0, terms?.generation), job.name, taskCommand(directory, job), terms),
      ],
      records: 0,
    };
  }
  const file = job.inputs.find(({ name }) => name === job.split?.input);
  if (!file) throw new Error(`the job splits ${job.split.input}, which is not among its inputs`);
  const sidecar = new SidecarFile(path.join(directory, scriptFiles.sidecar));
  const context = {
    mesos: driver.kind === 'mesos',
    sidecar,
    signal,
    onProgress: (read: number, size: number) => listener({ type: 'planning', read, size }),
  };
  const parts: (readonly Slice[])[] = [];
  let records = 0;
  try {
    const inputs = [{ name: file.name, paths: [file.path] }] as const;
    for await (const part of planSplit(job.split, inputs, context)) {
      parts.push(part.slices);
      records += part.records;
    }
  } finally {
    await sidecar.close();
  }
  const specs = parts.map((slices, index) => {
    const name = `part ${index + 1} of ${parts.length}`;
    return taskSpec(
      job,
      partTaskId(job, index, terms?.generation),
      name,
      taskCommand(directory, job, slices),
      terms,
    );
  });
  return { specs, records };
}

/** Tasks of an earlier run get what the job asks for now: more memory is why many a job is taken up again. */
export const onTermsOf = (job: Job, records: readonly TaskRecord[]): readonly TaskRecord[] =>
  records.map((record) => ({ ...record, spec: { ...record.spec, ...termsOf(job) } }));
