import path from 'node:path';
import {
  attemptDirectory,
  cutInputNames,
  type Dataset,
  type Job,
  jobEnvironment,
  partName,
  renderCommand,
  type SplitPlan,
  type Tool,
  type ToolOutput,
  toolValues,
} from '@galaxy-mesos/galaxy-jobs';
import { type Catalog, checkSplit, quoteForShell } from '@galaxy-mesos/parallelism';
import { datatypeOfFile } from './dataset-format.ts';
import type { InputFiles } from './input-files.ts';
import { taskResources, type WorkOptions } from './options.ts';
import { splitOfTool } from './tool-split.ts';
import { UsageError } from './usage-error.ts';

/** What `galaxy-mesos run` was asked for, its files found and its tool read. */
export interface ToolRequest {
  readonly tool: Tool;
  /** Absolute path of the tool's XML. */
  readonly toolPath: string;
  readonly inputs: readonly InputFiles[];
  readonly settings: Readonly<Record<string, string>>;
  /** How it is split, in the place of what the tool says. */
  readonly plan?: SplitPlan;
  /** What there is to cut and to join with; what is built in, if nothing is said. */
  readonly catalog?: Catalog;
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
 * The job that runs a Galaxy tool: whole, or split as a plan or its `<parallelism>` says where its formats allow that.
 * @throws ToolError if the tool does not take what was given; UsageError, PlanError if it cannot be split so
 */
export async function describeToolJob(id: string, request: ToolRequest): Promise<ToolJob> {
  const { tool, inputs, settings, outputDirectory, work } = request;
  const values = toolValues(tool, { inputs: byName(inputs, dataset), settings });
  const localNames = byName(inputs, (input) => partName(`input-${plain(input.name)}`, input.path));
  const rendered = renderCommand(tool, values, {
    inputs: inAttempt(localNames),
    outputs: inAttempt(Object.fromEntries(tool.outputs.map((output) => [output.name, outputFile(output)]))),
    toolDirectory: path.dirname(request.toolPath),
  });
  const { split, note, mergesOf } = splitOfTool({
    ...request,
    datatypeOf: (output) => formatOf(output, inputs),
  });
  const cut = cutInputNames({ split });
  refuseSeveral(inputs, cut);
  const links = inputs
    .filter(({ name }) => !cut.has(name))
    .map((input) => `ln -sf ${quoteForShell(input.path)} ${quoteForShell(localNames[input.name] ?? '')}`);
  const described = {
    ...(split && { split }),
    inputs: inputs.map((input) => ({ ...input, partName: localNames[input.name] ?? input.name })),
    outputs: tool.outputs.map((output) => {
      const merges = mergesOf(output);
      return {
        name: output.name,
        file: outputFile(output),
        // As in Galaxy, where a tool finds its outputs made, and empty.
        whenMissing: 'empty' as const,
        destination: path.join(outputDirectory, `${output.name}.${formatOf(output, inputs)}`),
        ...(merges && { merges }),
      };
    }),
  };
  await checkSplit(described, request.catalog);
  const job: Job = {
    id,
    name: tool.id,
    command: [...links, ...(tool.strictShell ? ['set -e'] : []), rendered].join('\n'),
    shell: '/bin/bash',
    ...described,
    environment: jobEnvironment(work),
    resources: taskResources(work),
    retries: work.retries,
    stdio: tool.stdio,
  };
  return { job, notes: [...requirementNotes(tool), ...(note === undefined ? [] : [note])] };
}

function refuseSeveral(inputs: readonly InputFiles[], cut: ReadonlySet<string>): void {
  const several = inputs.find(({ name, more }) => more && !cut.has(name));
  if (!several) return;
  throw new UsageError(
    `--input ${several.name}: the tool takes one file for it; several need a strategy that goes over them, such as --strategy scatter --over ${several.name}`,
  );
}

const byName = <T>(inputs: readonly InputFiles[], value: (input: InputFiles) => T): Record<string, T> =>
  Object.fromEntries(inputs.map((input) => [input.name, value(input)]));

/** Names of nested inputs have a bar, which no file should have. */
const plain = (name: string): string => name.replaceAll('|', '-');

const inAttempt = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([name, file]) => [name, `${attemptDirectory}/${file}`]));

const dataset = ({ path: file }: InputFiles): Dataset => ({
  path: file,
  format: datatypeOfFile(file),
  name: path.basename(file),
});

const outputFile = ({ name, fromWorkDir }: ToolOutput): string => fromWorkDir ?? `output-${name}.dat`;

function formatOf({ format, formatSource }: ToolOutput, inputs: readonly InputFiles[]): string {
  const source = inputs.find(({ name }) => name === formatSource);
  return source ? datatypeOfFile(source.path) : format;
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
