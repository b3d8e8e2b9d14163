import path from 'node:path';
import {
  commandFiles,
  failOnExitCode,
  fillPlaceholders,
  type Job,
  jobEnvironment,
  type OutputMerge,
  partName,
  placeholdersIn,
  type SplitPlan,
} from '@galaxy-mesos/galaxy-jobs';
import { builtIn, type Catalog, checkSplit, strategyNamed } from '@galaxy-mesos/parallelism';
import type { InputFiles } from './input-files.ts';
import { type SplitWishes, splitOfWishes } from './map-split.ts';
import { taskResources, type WorkOptions } from './options.ts';
import { commandText, misspeltPlaceholder } from './placeholders.ts';
import { UsageError } from './usage-error.ts';

/** What `galaxy-mesos map` was asked for, its files found. */
export interface MapRequest {
  readonly inputs: readonly InputFiles[];
  readonly wishes?: SplitWishes;
  /** In the place of wishes. */
  readonly plan?: SplitPlan;
  /** Absolute. */
  readonly output: string;
  /** See the outputs of a job. */
  readonly merges?: OutputMerge[];
  /** What there is to cut and to join with; what is built in, if nothing is said. */
  readonly catalog?: Catalog;
  /** In the place of what a plan says. */
  readonly failedParts?: 'fail' | 'skip';
  readonly command: readonly string[];
  readonly work: WorkOptions;
}

/** By this name the command knows its output. */
export const outputName = 'output';

/**
 * The job that a `map` command line describes.
 * @throws UsageError, and what strategies and merges throw of parameters that they refuse.
 */
export async function describeMapJob(id: string, request: MapRequest): Promise<Job> {
  const { inputs, work, plan, merges = plan?.merges } = request;
  if (inputs.some(({ name }) => name === outputName)) {
    throw new UsageError(
      `--input ${outputName}=…: {${outputName}} is the result of a task; choose another name`,
    );
  }
  const { failedParts, catalog = builtIn } = request;
  const split = {
    ...(plan?.split ?? splitOfWishes(inputs, request.wishes ?? {}, catalog)),
    ...(failedParts && { failedParts }),
  };
  const destination = request.output;
  const outputFile = `${outputName}${path.extname(destination)}`;
  const described = {
    split,
    inputs: inputs.map((file) => ({ ...file, partName: partName(file.name, file.path) })),
    outputs: [
      {
        name: outputName,
        file: outputFile,
        whenMissing: 'fail' as const,
        destination,
        ...(merges && { merges }),
      },
    ],
  };
  const command = commandText(request.command);
  const used = checkedNames(command, described, await checkSplit(described, catalog), catalog);
  return {
    id,
    name: path.basename(destination),
    command: fillPlaceholders(command, commandFiles(described)),
    shell: '/bin/sh',
    ...(used.has(outputName) ? {} : { standardOutput: outputFile }),
    ...described,
    environment: jobEnvironment(work),
    resources: taskResources(work),
    retries: work.retries,
    stdio: failOnExitCode,
  };
}

/**
 * The names in braces that a command has, of those that mean something.
 * @throws UsageError if it leaves out what it is to work on, or has a name that must be a slip
 */
function checkedNames(
  command: string,
  { split, inputs }: { readonly split: SplitPlan['split']; readonly inputs: Job['inputs'] },
  values: ReadonlySet<string>,
  catalog: Catalog,
): ReadonlySet<string> {
  const known = new Set([...inputs.map(({ name }) => name), outputName, ...values]);
  const used = placeholdersIn(command).intersection(known);
  const steps = split.alternatives
    .flatMap(({ by }) => by)
    .filter(({ strategy }) => strategyNamed(strategy, catalog).inputs.role !== 'read');
  const unused = inputs.find(
    ({ name }) => !used.has(name) && steps.some((step) => step.inputs.includes(name)),
  );
  if (unused) {
    throw new UsageError(
      `the command does not mention {${unused.name}}, the part of ${unused.path} that a task works on`,
    );
  }
  const slip = misspeltPlaceholder(command, known);
  if (slip) {
    const { written, meant } = slip;
    throw new UsageError(
      `the command mentions {${written}}: did you mean {${meant}}? If not, write { ${written} }, with blanks`,
    );
  }
  return used;
}
