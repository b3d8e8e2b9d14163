import { posix } from 'node:path';
import { fitsGlob, startsLike } from './python-patterns.ts';
import type { ClientOutputs } from './remote-staging.ts';

/** What a job has made, by names relative to its directories. */
export interface MadeFiles {
  readonly working: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: readonly string[];
  readonly job: readonly string[];
  /** Contents of files in which the tool tells of outputs, with how they are written. */
  readonly sources: readonly { readonly type: string; readonly contents: string }[];
}

/** A file that Galaxy wants. */
export interface WantedOutput {
  readonly type: 'output' | 'output_workdir' | 'output_metadata' | 'output_jobdir';
  /** Its name here. */
  readonly name: string;
  /** Where Galaxy wants it. */
  readonly path: string;
  /** The tool may have had a reason not to make it. */
  readonly mayBeMissing: boolean;
}

const commandVersion = 'COMMAND_VERSION';
const defaultDynamicOutputs = [
  'primary_.*|galaxy.json|metadata_.*|dataset_\\d+\\.dat|__instrument_.*|dataset_\\d+_files.+|outputs_populated/.*|tool_stdout|tool_stderr',
];

/**
 * The files that Galaxy wants of a job, in the order in which its own client fetches them: outputs in the working
 * directory, outputs with their extra files, the tool's version, and what patterns or the tool itself tell of.
 */
export function wantedOutputs(client: ClientOutputs, made: MadeFiles): readonly WantedOutput[] {
  const fromWorking = workDirOutputs(client, made.working);
  const taken = new Set(fromWorking.map(({ name, path }) => `${name}\0${path}`));
  const moved = new Set(client.work_dir_outputs?.map(([, path]) => path));
  const isWanted = dynamicFilter(client, made);
  const dynamic = (
    type: WantedOutput['type'],
    names: readonly string[],
    directory: string | null | undefined,
  ): WantedOutput[] =>
    directory == null
      ? []
      : names
          .filter(isWanted)
          .map((name) => ({ type, name, path: posix.join(directory, name), mayBeMissing: false }))
          .filter(({ name, path }) => !taken.has(`${name}\0${path}`));
  return [
    ...fromWorking,
    ...(client.output_files ?? []).filter((path) => !moved.has(path)).flatMap((path) => output(path, made)),
    ...version(client, made),
    ...dynamic('output_workdir', made.working, client.working_directory),
    ...dynamic('output_metadata', made.metadata, client.metadata_directory),
    ...dynamic('output_jobdir', made.job, client.job_directory),
  ];
}

function workDirOutputs(client: ClientOutputs, working: readonly string[]): WantedOutput[] {
  return (client.work_dir_outputs ?? []).flatMap(([source, path]) => {
    const name = posix.relative(client.working_directory ?? '/', source);
    const below = working.filter((file) => file.startsWith(`${name}/`));
    if (below.length > 0) {
      return below.map((file) => workDirOutput(file, posix.join(path, posix.relative(name, file))));
    }
    const found = working.includes(name) ? name : working.find((file) => fitsGlob(name, file));
    return [workDirOutput(found ?? name, path)];
  });
}

const workDirOutput = (name: string, path: string): WantedOutput => ({
  type: 'output_workdir',
  name,
  path,
  mayBeMissing: true,
});

function output(path: string, { outputs }: MadeFiles): WantedOutput[] {
  const name = posix.basename(path);
  const extraFiles = `${name.slice(0, -'.dat'.length)}_files/`;
  const wanted = (file: string): WantedOutput => ({
    type: 'output',
    name: file,
    path: posix.join(posix.dirname(path), file),
    mayBeMissing: false,
  });
  return [
    ...(outputs.includes(name) ? [{ ...wanted(name), path }] : []),
    ...outputs.filter((file) => file.startsWith(extraFiles)).map(wanted),
  ];
}

const version = ({ version_file: path }: ClientOutputs, { outputs }: MadeFiles): WantedOutput[] =>
  path != null && outputs.includes(commandVersion)
    ? [{ type: 'output', name: commandVersion, path, mayBeMissing: false }]
    : [];

/** Whether a name is wanted because of a pattern, or because the tool told of it. */
function dynamicFilter(client: ClientOutputs, made: MadeFiles): (name: string) => boolean {
  const { filename, extra_files: extraFiles } = references(made.sources);
  const patterns = client.dynamic_outputs ?? defaultDynamicOutputs;
  const collectors = client.dataset_collector_descriptions ?? [];
  return (name) =>
    filename.has(name) ||
    [...extraFiles].some((directory) => name.startsWith(directory)) ||
    collectors.some((collector) => isCollected(collector, name)) ||
    patterns.some((pattern) => startsLike(pattern, name));
}

type Collector = NonNullable<ClientOutputs['dataset_collector_descriptions']>[number];

function isCollected({ pattern, directory }: Collector, name: string): boolean {
  if (pattern == null) return false;
  if (directory == null || directory === '') return startsLike(pattern, name);
  const below = `${posix.join(directory, '.')}/`.replace(/^\.\//, '');
  // A name in the directory itself is its last part; one deeper down is matched with its directories, as by Pulsar.
  return name.startsWith(below) && startsLike(pattern, name.slice(below.length));
}

type References = Record<'filename' | 'extra_files', Set<string>>;

/** The files that a tool tells of in `galaxy.json`, whose old form has a document on each line. */
function references(sources: MadeFiles['sources']): References {
  const found: References = { filename: new Set(), extra_files: new Set() };
  for (const { type, contents } of sources) {
    for (const text of type === 'galaxy' ? [contents] : contents.split('\n')) record(parsed(text), found);
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A tool's own mistake; Galaxy tells its user when it reads the file itself.
    return undefined;
  }
}

function record(value: unknown, found: References): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if ((key === 'filename' || key === 'extra_files') && typeof member === 'string') found[key].add(member);
    record(member, found);
  }
}
