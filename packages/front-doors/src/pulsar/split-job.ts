import { stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import {
  type Job,
  jobDirectoryLayout as layout,
  type RequestedSplit,
  type ResourceRules,
  splitOfParameters,
} from '@galaxy-mesos/galaxy-jobs';
import { listFiles } from '../files/list-files.ts';
import type { JobRecord, Submission } from './job-record.ts';
import type { ClientOutputs } from './staging/remote-staging.ts';

/** What a job has besides that is cut into parts. */
export type JobParts = Pick<Job, 'split' | 'inputs' | 'outputs'>;

const whole: JobParts = { inputs: [], outputs: [] };

/**
 * How a job is cut: by its destination's `submit_strategy`, or by the rules for its tool; and the files that may be
 * cut, which are here by now.
 *
 * @throws JobDescriptionError
 */
export async function partsOfJob(
  directory: string,
  { toolId }: JobRecord,
  { parameters, remoteStaging }: Submission,
  rules: ResourceRules | undefined,
): Promise<JobParts> {
  const requested = splitOfParameters(parameters, { ...(rules && { rules }), ...(toolId && { toolId }) });
  if (!requested) return whole;
  return {
    split: requested.split,
    inputs: await inputsIn(directory),
    outputs: outputsOf(directory, requested, remoteStaging.client_outputs),
  };
}

/** Names are no use: Galaxy calls its datasets by numbers. */
async function inputsIn(directory: string): Promise<Job['inputs']> {
  const names = await listFiles(join(directory, layout.inputs));
  const found = await Promise.all(
    names.map(async (name) => {
      const partName = `${layout.inputs}/${name}`;
      const path = join(directory, partName);
      const { size, mtimeMs } = await stat(path);
      return { name: partName, path, size, modifiedAt: mtimeMs, partName };
    }),
  );
  return found;
}

/** What Galaxy will ask for, and then the patterns by which it is said how files are joined. */
function outputsOf(
  directory: string,
  { merges }: RequestedSplit,
  client: ClientOutputs | undefined,
): Job['outputs'] {
  const fromWorking = (client?.work_dir_outputs ?? []).map(
    ([source]) => `${layout.working}/${posix.relative(client?.working_directory ?? '/', source)}`,
  );
  const outputs = (client?.output_files ?? []).map((path) => `${layout.outputs}/${basename(path)}`);
  const known = [...new Set([...fromWorking, ...outputs])].map((file) => ({ file }));
  const patterns = merges.map(({ pattern, merges }) => ({ file: pattern, merges }));
  return [...patterns, ...known].map((output) => ({
    ...output,
    name: output.file,
    whenMissing: 'empty' as const,
    destination: join(directory, output.file),
  }));
}
