import { basename, join } from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import { FrontDoorError } from '../access/front-door-error.ts';
import { listFiles, listNames } from '../files/list-files.ts';
import { readEnd } from '../files/read-end.ts';
import { safeSegments } from '../files/safe-name.ts';
import type { GalaxyOnAgents } from './describe-job.ts';
import type { JobRecord } from './job-record.ts';
import { isDone, type PulsarStatus } from './job-status.ts';
import { pulsarVersion, systemProperties } from './setup-answer.ts';

/** Galaxy keeps not much more of a stream itself. */
const streamBytes = 64 * 1024;
/** Galaxy's own `galaxy.json` is a line or two for each output. */
const dynamicSourceBytes = 4 * 1024 * 1024;

/** Where the parts of a status come from. */
export interface StatusSources {
  readonly jobId: string;
  readonly status: PulsarStatus;
  readonly record: JobRecord | undefined;
  readonly directory: string;
  readonly galaxy: GalaxyOnAgents | undefined;
  /** The end of what the last attempt wrote, where nothing was delivered. */
  readonly tail: (stream: 'stdout' | 'stderr', maximumBytes: number) => Promise<string>;
}

/** What Galaxy is told of a job; of one that has ended, with all that it needs to fetch the results. */
export async function statusAnswer(sources: StatusSources): Promise<unknown> {
  const { jobId, status } = sources;
  return isDone(status.state)
    ? fullAnswer(sources)
    : { complete: 'false', status: status.state, job_id: jobId };
}

async function fullAnswer({
  jobId,
  status,
  record,
  directory,
  galaxy,
  tail,
}: StatusSources): Promise<unknown> {
  const inJob = (name: string) => join(directory, name);
  const [metadata, working, outputs, names, sources] = await Promise.all([
    listFiles(inJob(layout.metadata)),
    listFiles(inJob(layout.working)),
    listFiles(inJob(layout.outputs)),
    listNames(directory),
    record ? realizedSources(record, directory) : [],
  ]);
  // Most jobs have not all of these files; they stand in `metadata`, and what is there is known already.
  const read = async (name: string) =>
    metadata.includes(basename(name)) ? readEnd([directory], inJob(name), streamBytes) : '';
  const toolOutput = async (name: string, stream: 'stdout' | 'stderr') =>
    (await read(name)) || (record && status.message !== undefined ? tail(stream, streamBytes) : '');
  const [stdout, stderr, jobStdout, jobStderr] = await Promise.all([
    toolOutput(layout.toolStdout, 'stdout'),
    toolOutput(layout.toolStderr, 'stderr'),
    read(layout.jobStdout),
    read(layout.jobStderr),
  ]);
  return {
    job_id: jobId,
    complete: 'true',
    status: status.state,
    returncode: status.returnCode,
    stdout,
    stderr: withMessage(stderr, status.message),
    job_stdout: jobStdout,
    job_stderr: jobStderr,
    working_directory: inJob(layout.working),
    metadata_directory: inJob(layout.metadata),
    job_directory: directory,
    working_directory_contents: working,
    metadata_directory_contents: metadata,
    outputs_directory_contents: outputs,
    job_directory_contents: names,
    system_properties: systemProperties(galaxy),
    pulsar_version: pulsarVersion,
    realized_dynamic_file_sources: sources,
  };
}

/** What the tool wrote into the files that tell Galaxy of its outputs. */
export async function realizedSources(
  record: JobRecord,
  directory: string,
): Promise<readonly (Record<string, unknown> & { readonly type: string; readonly contents: string })[]> {
  const realized = [];
  for (const source of record.submission?.dynamicFileSources ?? []) {
    const working = join(directory, layout.working);
    const contents = await readEnd([directory], pathBelow(working, source.path), dynamicSourceBytes);
    if (contents !== '') realized.push({ ...source, contents });
  }
  return realized;
}

/** A name that is not safe is as if there were no such file. */
function pathBelow(directory: string, name: string): string {
  try {
    return join(directory, ...safeSegments(name));
  } catch (error) {
    if (error instanceof FrontDoorError) return join(directory, '\u{fffd}');
    throw error;
  }
}

/** The message last, because what is long is cut at its beginning. */
function withMessage(text: string, message: string | undefined): string {
  if (message === undefined) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${message}\n`;
}
