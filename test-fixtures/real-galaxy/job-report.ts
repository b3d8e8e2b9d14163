import { createHash } from 'node:crypto';
import type { GalaxyApi, GalaxyElement } from './galaxy-api.ts';

/** All that a user of Galaxy can see of a job that has ended: equal reports mean that nobody can tell two jobs apart. */
export interface JobReport {
  readonly state: string;
  readonly exitCode: number | null;
  readonly stdout: string | null;
  readonly stderr: string | null;
  readonly version: string | null;
  /** Why Galaxy judged it as it did. */
  readonly messages: readonly string[];
  readonly outputs: Readonly<Record<string, DatasetReport>>;
  readonly collections: Readonly<Record<string, CollectionReport>>;
}

export interface DatasetReport {
  readonly name: string;
  readonly state: string;
  readonly extension: string;
  readonly visible: boolean;
  readonly information: string | null;
  readonly blurb: string | null;
  readonly peek: string | null;
  /** As text, or by size and hash where it is long. */
  readonly contents: string;
  readonly extraFiles: Readonly<Record<string, string>>;
}

export interface CollectionReport {
  readonly type: string;
  readonly state: string;
  /** By identifiers with slashes in between, such as `x/forward`. */
  readonly elements: Readonly<Record<string, DatasetReport>>;
}

const longestText = 2000;

/** Bytes in a form that shows every difference: those that are no text as their hash. */
function show(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const isText = bytes.length <= longestText && Buffer.from(text).equals(bytes);
  return isText ? text : `${bytes.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`;
}

async function mapValues<T, U>(
  values: Readonly<Record<string, T>>,
  convert: (value: T) => Promise<U>,
): Promise<Record<string, U>> {
  const entries = Object.entries(values).map(async ([name, value]) => [name, await convert(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function reportDataset(galaxy: GalaxyApi, datasetId: string): Promise<DatasetReport> {
  const dataset = await galaxy.dataset(datasetId);
  const readable = dataset.state === 'ok' || dataset.state === 'error' || dataset.state === 'empty';
  return {
    name: dataset.name,
    state: dataset.state,
    extension: dataset.extension,
    visible: dataset.visible,
    information: dataset.misc_info,
    blurb: dataset.misc_blurb,
    peek: dataset.peek,
    contents: readable ? show(await galaxy.contents(datasetId)) : '',
    extraFiles: readable
      ? await mapValues(await galaxy.extraFiles(datasetId), async (file) => show(file))
      : {},
  };
}

function leaves(elements: readonly GalaxyElement[], path = ''): Record<string, string> {
  return Object.assign(
    {},
    ...elements.map(({ element_identifier: name, object }) =>
      object.elements ? leaves(object.elements, `${path}${name}/`) : { [`${path}${name}`]: object.id },
    ),
  );
}

async function reportCollection(galaxy: GalaxyApi, collectionId: string): Promise<CollectionReport> {
  const collection = await galaxy.collection(collectionId);
  return {
    type: collection.collection_type,
    state: collection.populated_state,
    elements: await mapValues(leaves(collection.elements), (id) => reportDataset(galaxy, id)),
  };
}

/** Waits until the job has ended, and tells what a user sees of it. */
export async function reportJob(galaxy: GalaxyApi, jobId: string): Promise<JobReport> {
  const job = await galaxy.ended(jobId);
  return {
    state: job.state,
    exitCode: job.exit_code,
    stdout: job.tool_stdout,
    stderr: job.tool_stderr,
    version: job.command_version,
    messages: (job.job_messages ?? []).map(({ type, code_desc, desc }) =>
      [type, code_desc, desc].join(' ').trim(),
    ),
    outputs: await mapValues(job.outputs, ({ id }) => reportDataset(galaxy, id)),
    collections: await mapValues(job.output_collections, ({ id }) => reportCollection(galaxy, id)),
  };
}
