import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Job, parseTool, type SplitPlan } from '@galaxy-mesos/galaxy-jobs';
import { builtIn } from '@galaxy-mesos/parallelism';
import { type Command, Option } from 'commander';
import { contributionsOf, type Loaded, planWithContributions } from '../contributions.ts';
import { checkToolDirectory, describeToolJob, type ToolRequest } from '../describe-tool-job.ts';
import { chosenWorkDirectory, directoryDestination, refuseInputs } from '../destination.ts';
import { executeJob } from '../execute-job.ts';
import { parametersFrom } from '../files-from.ts';
import { allFiles, existingFile, inputFiles } from '../input-files.ts';
import { newJobId, workDirectoryFor } from '../job-work.ts';
import { splitOfWishes } from '../map-split.ts';
import { collect, type WorkOptions, workOptions } from '../options.ts';
import { parameterSettings } from '../parameter-settings.ts';
import { readPlan } from '../read-plan.ts';
import { tellPlan } from '../tell-plan.ts';
import { UsageError } from '../usage-error.ts';

interface RunOptions extends WorkOptions {
  readonly input?: readonly string[];
  readonly set?: readonly string[];
  readonly outputDir: string;
  readonly plan?: string;
  readonly strategy?: string;
  readonly over?: readonly string[];
  readonly strategySet?: readonly string[];
  readonly merge?: readonly string[];
  readonly failedParts?: 'fail' | 'skip';
  readonly dryRun?: boolean;
}

const help = `
Each output of the tool becomes a file in the output directory, named after the output and its format. A tool
with <parallelism> is split as it says, by its attributes or by <strategy> elements in it; any other one is split if
--strategy or --plan says how. What a tool requires must be installed where its tasks run.

Example:
  galaxy-mesos run gc_content.xml --input input=genes.fa --output-dir results
  galaxy-mesos run depth.xml --input reads=a.bam --strategy regions --strategy-set parts=8 --output-dir results

Exit status: 0 all well, 1 a task failed, 2 wrong use or a tool that is not supported, 130 interrupted.`;

/** `galaxy-mesos run`: run one Galaxy tool from its XML. */
export function defineRun(command: Command, exit: (code: number) => void): void {
  command
    .description('Runs a Galaxy tool from its XML, as tasks if the tool says how it can be split.')
    .argument('<tool.xml>', 'the tool')
    .option('--input <name=file>', 'a dataset of the tool (repeatable)', collect)
    .option('--set <name=value>', 'another parameter of the tool (repeatable)', collect)
    .requiredOption('--output-dir <directory>', 'where the outputs go; made if it is not there')
    .option('--strategy <name>', 'the way in which inputs are cut, in the place of what the tool says')
    .option('--over <name>', 'an input that the strategy cuts (repeatable; default: the first)', collect)
    .option(
      '--strategy-set <name=value>',
      'a parameter of the strategy, its value as JSON or text (repeatable)',
      collect,
    )
    .addOption(
      new Option(
        '--plan <file>',
        'a YAML or JSON file that says how to cut and join, in the place of what the tool says',
      ).conflicts(['strategy', 'over', 'strategySet', 'merge']),
    )
    .option(
      '--merge <name>',
      'how results are joined (repeatable for nested steps, the outermost first)',
      collect,
    )
    .addOption(
      new Option(
        '--failed-parts <what>',
        'what becomes of the job if parts fail: fail, or leave them out',
      ).choices(['fail', 'skip']),
    )
    .option('--dry-run', 'tell the parts and how their results would be joined, and run nothing');
  for (const option of workOptions()) command.addOption(option);
  command.addHelpText('after', help).action(async (toolFile: string, options: RunOptions) => {
    const toolPath = existingFile(toolFile, 'the tool').path;
    const inputs = inputFiles(options.input ?? []);
    const outputDirectory = directoryDestination(options.outputDir, '--output-dir');
    const tool = parseTool(readFileSync(toolPath, 'utf8'), { path: toolFile });
    const chosen = chosenWorkDirectory(options.workDir);
    const directory = workDirectoryFor(path.join(outputDirectory, tool.id), chosen);
    checkToolDirectory(directory);
    const { plan, catalog, modules } = await planOf(options, { inputs, tool, toolPath });
    const { job: described, notes } = await describeToolJob(newJobId(), {
      tool,
      toolPath,
      inputs,
      settings: settings(options.set ?? []),
      outputDirectory,
      work: options,
      catalog,
      ...(plan && { plan }),
    });
    const job = withFailedParts(described, options.failedParts);
    for (const { destination } of job.outputs) {
      refuseInputs(destination, allFiles(inputs), `--output-dir ${options.outputDir}: ${destination}`);
    }
    for (const note of notes) process.stderr.write(`galaxy-mesos: ${tool.id}: ${note}\n`);
    if (options.dryRun) return exit(await tellPlan(job, { ...options, catalog }));
    mkdirSync(outputDirectory, { recursive: true });
    exit(await executeJob(job, directory, { ...options, strategyModules: modules }));
  });
}

/** How the tool is split, as a person says, or else its XML; modules are looked for where that lies which names them. */
async function planOf(
  options: RunOptions,
  { inputs, tool, toolPath }: Pick<ToolRequest, 'inputs' | 'tool' | 'toolPath'>,
): Promise<Loaded & { readonly plan?: SplitPlan }> {
  const { plan, strategy, over, strategySet, merge = [] } = options;
  if (plan !== undefined) return planWithContributions(readPlan(plan), path.dirname(path.resolve(plan)));
  if (strategy === undefined) {
    const needs = [over && '--over', strategySet && '--strategy-set', options.merge && '--merge'].find(
      Boolean,
    );
    if (needs) throw new UsageError(`${needs}: say with --strategy how the tool is split`);
    const own = tool.parallelism?.plan;
    return own ? planWithContributions(own, path.dirname(toolPath)) : { catalog: builtIn, modules: [] };
  }
  const set = strategySet && parameterSettings('--strategy-set', strategySet);
  const found = await contributionsOf({ strategies: [strategy], merges: merge }, process.cwd());
  const { catalog, modules, strategyOf, mergesOf } = found;
  const name = strategyOf(strategy);
  const wishes = {
    strategy: name,
    ...(over && { over }),
    ...(set && { set: parametersFrom(process.cwd(), name, set, catalog) }),
  };
  const merges = mergesOf(merge.map((name) => ({ merge: name })));
  const split = splitOfWishes(inputs, wishes, catalog);
  return { catalog, modules, plan: { split, ...(merges.length > 0 && { merges }) } };
}

function withFailedParts(job: Job, failedParts: 'fail' | 'skip' | undefined): Job {
  if (failedParts === undefined) return job;
  if (!job.split)
    throw new UsageError(`--failed-parts ${failedParts}: the job runs as one task, which has no parts`);
  return { ...job, split: { ...job.split, failedParts } };
}

function settings(given: readonly string[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const text of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`--set ${text}: expected NAME=VALUE`);
    if (values.has(name)) throw new UsageError(`--set ${name} is given twice`);
    values.set(name, value);
  }
  return Object.fromEntries(values);
}
