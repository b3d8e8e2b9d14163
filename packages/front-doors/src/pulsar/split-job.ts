import { stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import {
  type Job,
  jobDirectoryLayout as layout,
  type RequestedSplit,
  type ResourceRules,
  splitOfParameters,
} from '@galaxy-mesos/galaxy-jobs';
import { FrontDoorError } from '../access/front-door-error.ts';
import { listFiles } from '../files/list-files.ts';
import { shown } from '../files/safe-name.ts';
import type { JobRecord, Submission } from './job-record.ts';
import { namedPaths } from './named-paths.ts';
import type { PulsarDoorOptions } from './pulsar-options.ts';
import { isReallyBelow, refusePathsElsewhere } from './shared-paths.ts';
import type { ClientOutputs } from './staging/remote-staging.ts';

/** What a job has besides that is cut into parts. */
export type JobParts = Pick<Job, 'split' | 'inputs' | 'outputs'>;

const whole: JobParts = { inputs: [], outputs: [] };

/**
 * How a job is cut: by its destination's `submit_strategy`, or by the rules for its tool; and the files that may be
 * cut, which are here by now.
 *
 * @throws JobDescriptionError, FrontDoorError
 */
export async function partsOfJob(
  directory: string,
  { toolId }: JobRecord,
  { parameters, remoteStaging, commandLine }: Submission,
  {
    rules,
    sharedDirectories = [],
  }: Pick<PulsarDoorOptions, 'sharedDirectories'> & { rules?: ResourceRules | undefined },
): Promise<JobParts> {
  const rulesOfTool = { ...(rules && { rules }), ...(toolId && { toolId }) };
  const requested = splitOfParameters(parameters, rulesOfTool);
  if (!requested) return whole;
  const usual = splitOfParameters({}, rulesOfTool);
  await refusePathsElsewhere(requested, usual, [directory, ...sharedDirectories]);
  refuseMetadata(commandLine);
  const named = await namedPaths(directory, commandLine);
  refuseOneForAll(named, remoteStaging.client_outputs);
  return {
    split: requested.split,
    inputs: [...(await inputsIn(directory)), ...(await inputsOutside(named, sharedDirectories))],
    outputs: outputsOf(directory, requested, remoteStaging.client_outputs),
  };
}

/** Names are no use: Galaxy calls its datasets by numbers. */
async function inputsIn(directory: string): Promise<Job['inputs']> {
  const names = await listFiles(join(directory, layout.inputs));
  const found = await Promise.all(
    names.map(async (name) => {
      const partName = `${layout.inputs}/${name}`;
      return describe(join(directory, partName), partName);
    }),
  );
  return found.filter((input) => input !== undefined);
}

/** Where Galaxy's files are seen here, its commands may name them where they are: `default_file_action: none`. */
async function inputsOutside(
  named: ReadonlySet<string>,
  sharedDirectories: readonly string[],
): Promise<Job['inputs']> {
  const shared: string[] = [];
  for (const path of named) {
    const isNamed = sharedDirectories.some((one) => path.startsWith(`${posix.join(one, '.')}/`));
    if (isNamed && (await isReallyBelow(sharedDirectories, path))) shared.push(path);
  }
  const found = shared.map((path, index) =>
    describe(path, `${layout.inputs}/.outside-${index}/${basename(path)}`),
  );
  return (await Promise.all(found)).filter((input) => input !== undefined);
}

/**
 * Each part would tell Galaxy of its own outputs only.
 * @throws FrontDoorError `UNSUPPORTED`
 */
function refuseMetadata(commandLine: string): void {
  if (!/\bset_metadata\b|\bmetadata\/set\.py\b/.test(commandLine)) return;
  const message =
    'submit_strategy: metadata of outputs is collected by Galaxy once they are joined, and not by each part; take remote_metadata out';
  throw new FrontDoorError('UNSUPPORTED', message, { fields: [{ field: 'submit_strategy', message }] });
}

/**
 * Outputs outside of the job directory are the same files for all parts.
 * @throws FrontDoorError `UNSUPPORTED`
 */
function refuseOneForAll(named: ReadonlySet<string>, client: ClientOutputs | undefined): void {
  const output = client?.output_files?.find((path) => named.has(path));
  if (output === undefined) return;
  const message = `submit_strategy: the tool writes ${shown(output)} itself, which all parts would do; have outputs brought to Galaxy (transfer, remote_copy, ...), or take submit_strategy out`;
  throw new FrontDoorError('UNSUPPORTED', message, { fields: [{ field: 'submit_strategy', message }] });
}

/** What is no file is nothing to be cut. */
async function describe(path: string, partName: string): Promise<Job['inputs'][number] | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  return { name: partName, path, size: found.size, modifiedAt: found.mtimeMs, partName };
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
