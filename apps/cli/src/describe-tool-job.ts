import path from 'node:path';
import { formatForFileName } from '@galaxy-mesos/formats';
import {
  attemptDirectory,
  cutInputNames,
  type Dataset,
  type Job,
  jobEnvironment,
  renderCommand,
  type Split,
  type Tool,
  type ToolOutput,
  toolValues,
} from '@galaxy-mesos/galaxy-jobs';
import { defaultMerge, type MergeChoice, PlanError, quoteForShell } from '@galaxy-mesos/parallelism';
import type { InputFile } from './input-files.ts';
import type { WorkOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

/** What `galaxy-mesos run` was asked for, its files found and its tool read. */
export interface ToolRequest {
  readonly tool: Tool;
  /** Absolute path of the tool's XML. */
  readonly toolPath: string;
  readonly inputs: readonly InputFile[];
  readonly settings: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly outputDirectory: string;
  readonly work: WorkOptions;
}

/** A job, and what a person should know of how it will be run. */
export interface ToolJob {
  readonly job: Job;
  readonly notes: readonly string[];
}

/**
 * The job that runs a Galaxy tool: whole, or split as its `<parallelism>` says where its formats allow that.
 * @throws ToolError if the tool does not take what was given.
 */
export function describeToolJob(id: string, request: ToolRequest): ToolJob {
  const { tool, inputs, settings, outputDirectory, work } = request;
  const values = toolValues(tool, { inputs: byName(inputs, dataset), settings });
  const localNames = byName(inputs, (input) => `input-${plain(input.name)}${path.extname(input.path)}`);
  const rendered = renderCommand(tool, values, {
    inputs: inAttempt(localNames),
    outputs: inAttempt(Object.fromEntries(tool.outputs.map((output) => [output.name, outputFile(output)]))),
    toolDirectory: path.dirname(request.toolPath),
  });
  const { split, note } = splitOf(request);
  const cut = cutInputNames({ split });
  const links = inputs
    .filter(({ name }) => !cut.has(name))
    .map((input) => `ln -sf ${quoteForShell(input.path)} ${quoteForShell(localNames[input.name] ?? '')}`);
  const job: Job = {
    id,
    name: tool.id,
    command: [...links, ...(tool.strictShell ? ['set -e'] : []), rendered].join('\n'),
    shell: '/bin/bash',
    inputs: inputs.map((input) => ({ ...input, partName: localNames[input.name] ?? input.name })),
    outputs: tool.outputs.map((output) => ({
      name: output.name,
      file: outputFile(output),
      // As in Galaxy, where a tool finds its outputs made, and empty.
      whenMissing: 'empty',
      destination: path.join(outputDirectory, `${output.name}.${formatOf(output, inputs)}`),
      ...(split && { merges: [mergeOf(output, inputs)] }),
    })),
    environment: jobEnvironment(work),
    resources: { cpus: work.cpus, mem: work.mem, disk: work.disk },
    retries: work.retries,
    stdio: tool.stdio,
    ...(split && { split }),
  };
  return { job, notes: [...requirementNotes(tool), ...(note === undefined ? [] : [note])] };
}

const byName = <T>(inputs: readonly InputFile[], value: (input: InputFile) => T): Record<string, T> =>
  Object.fromEntries(inputs.map((input) => [input.name, value(input)]));

/** Names of nested inputs have a bar, which no file should have. */
const plain = (name: string): string => name.replaceAll('|', '-');

const inAttempt = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([name, file]) => [name, `${attemptDirectory}/${file}`]));

/** Galaxy's name of the format of a file, as its name tells it. */
const formatOfFile = (file: string): string =>
  formatForFileName(file)?.name ?? (path.extname(file).slice(1).toLowerCase() || 'data');

const dataset = ({ path: file }: InputFile): Dataset => ({
  path: file,
  format: formatOfFile(file),
  name: path.basename(file),
});

const outputFile = ({ name, fromWorkDir }: ToolOutput): string => fromWorkDir ?? `output-${name}.dat`;

function formatOf({ format, formatSource }: ToolOutput, inputs: readonly InputFile[]): string {
  const source = inputs.find(({ name }) => name === formatSource);
  return source ? formatOfFile(source.path) : format;
}

const mergeOf = (output: ToolOutput, inputs: readonly InputFile[]): MergeChoice => {
  const datatype = formatOf(output, inputs);
  return defaultMerge({ fileName: `${output.name}.${datatype}`, datatype });
};

/** How the job is split, or why it is not though the tool would have it: run whole, its result is the same. */
function splitOf({ tool, inputs }: ToolRequest): { readonly split?: Split; readonly note?: string } {
  const { parallelism } = tool;
  const input = inputs.find(({ name }) => name === parallelism?.splitInput);
  if (!parallelism || !input) return {};
  const whole = (reason: string) => ({ note: `runs as one task, not in parts: ${reason}` });
  const format = formatForFileName(input.path)?.name;
  if (format === undefined) return whole(`files like ${path.basename(input.path)} cannot be split yet`);
  try {
    for (const output of tool.outputs) mergeOf(output, inputs);
  } catch (error) {
    if (error instanceof PlanError) return whole(error.rawMessage.replace(/; --merge .*$/, ''));
    throw error;
  }
  const amount = parallelism.splitMode === 'to_size' ? 'size' : 'parts';
  const parameters = { format, [amount]: parallelism.splitSize };
  return { split: { alternatives: [{ by: [{ strategy: 'records', inputs: [input.name], parameters }] }] } };
}

function requirementNotes({ requirements }: Tool): string[] {
  const packages = requirements.flatMap((requirement) =>
    requirement.type === 'package' ? [[requirement.name, requirement.version].filter(Boolean).join(' ')] : [],
  );
  return packages.length === 0 ? [] : [`taken to be installed where tasks run: ${packages.join(', ')}`];
}

/**
 * Paths stand in a tool's command as they are, quoted or not, as its writer chose.
 * @throws UsageError if a shell would read more into the job's directory than a path.
 */
export function checkToolDirectory(directory: string): void {
  if (/^[\p{L}\p{N}_./+=:,@%-]+$/u.test(directory)) return;
  throw new UsageError(
    `${directory}: the path has characters that a shell may read as more than a name; ` +
      'choose another --work-dir, or another --output-dir',
  );
}
