import path from 'node:path';
import type { OutputMerge, SplitPlan } from '@galaxy-mesos/galaxy-jobs';
import { loadCatalog } from '@galaxy-mesos/parallelism';
import { type Command, Option } from 'commander';
import { contributionsOf, type Loaded, namesIn, planWithContributions } from '../contributions.ts';
import { describeMapJob, type MapRequest, outputName } from '../describe-map-job.ts';
import { chosenWorkDirectory, fileDestination, refuseInputs } from '../destination.ts';
import { executeJob } from '../execute-job.ts';
import { parametersFrom } from '../files-from.ts';
import { allFiles, inputFiles } from '../input-files.ts';
import { newJobId, workDirectoryFor } from '../job-work.ts';
import { mergesOfWishes } from '../map-merges.ts';
import { defaultStrategy, type SplitWishes } from '../map-split.ts';
import { amount, collect, type WorkOptions, wholeNumber, workOptions } from '../options.ts';
import { parameterSettings } from '../parameter-settings.ts';
import { readPlan } from '../read-plan.ts';
import { tellPlan } from '../tell-plan.ts';
import { UsageError } from '../usage-error.ts';

interface MapOptions extends WorkOptions {
  readonly input?: readonly string[];
  readonly strategy?: string;
  readonly over?: readonly string[];
  readonly set?: readonly string[];
  readonly plan?: string;
  readonly mergeSet?: readonly string[];
  readonly split?: string;
  readonly size?: number;
  readonly parts?: number;
  readonly minutes?: number;
  readonly output: string;
  readonly merge?: readonly string[];
  readonly reduce?: string;
  readonly arity?: number;
  readonly failedParts?: 'fail' | 'skip';
  readonly dryRun?: boolean;
}

const help = `
The command runs once for each part, in a directory of its own. {input} is the part, {output} the file to
write; without {output}, what the command prints is the result. Other inputs are shared by all tasks: name
them with --input NAME=FILE and write {NAME}. {{input}} stands for the text {input}.

Example:
  galaxy-mesos map --input reads.fa --split fasta --size 1000 --output hits.tsv -- 'grep -c ACGT {input} > {output}'

What a strategy says of a part stands in braces as well, such as {seed}:
  galaxy-mesos map --strategy replicate --set replicates=9 --output all.txt -- "awk 'BEGIN { srand({seed}); print rand() }'"

A plan is a file in YAML or JSON with "split", "merge" and "failedParts", as a job document has them: several ways to
cut, each with its condition, and nested ones. \`galaxy-mesos strategies\` lists strategies, merges and formats.

Exit status: 0 all well, 1 a task failed, 2 wrong use, 130 interrupted.`;

/** `galaxy-mesos map`: cut a file, run a command on each part, join the results. */
export function defineMap(command: Command, exit: (code: number) => void): void {
  command
    .description('Cuts a file into parts, runs a command on each as a task, and joins what the tasks write.')
    .option(
      '--input <[name=]file>',
      'the file to cut; further ones are shared by all tasks (repeatable)',
      collect,
    )
    .option(
      '--strategy <name>',
      'the way in which inputs are cut, or runs are made; of your own: ./file.js, a directory or a package (default: records)',
    )
    .option(
      '--over <name>',
      'an input that the strategy cuts (repeatable; default: as many of the first as it needs)',
      collect,
    )
    .option(
      '--set <name=value>',
      'a parameter of the strategy, its value as JSON or text (repeatable)',
      collect,
    )
    .option('--split <[name=]format>', 'the format of the file that is cut (default: by its name)')
    .addOption(
      new Option('--size <records>', 'records of each part')
        .argParser(wholeNumber(1))
        .conflicts(['parts', 'minutes']),
    )
    .addOption(
      new Option('--parts <number>', 'number of parts, of about equal bytes (default: 20)').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option(
        '--minutes <number>',
        'about how long each part takes, which a small first one tells: its result counts like all others',
      )
        .argParser(amount({ zero: false }))
        .conflicts('parts'),
    )
    .addOption(
      new Option('--plan <file>', 'a YAML or JSON file that says how to cut and join').conflicts([
        ...['strategy', 'over', 'set', 'split', 'size', 'parts', 'minutes'],
      ]),
    )
    .requiredOption('--output <file>', 'where the joined result goes')
    .option(
      '--merge <name>',
      'how results are joined (repeatable for nested steps, the outermost first; default: as the strategy says, else by the name of the output)',
      collect,
    )
    .option(
      '--merge-set <name=value>',
      'a parameter of the merge, its value as JSON or text (repeatable)',
      collect,
    )
    .option(
      '--reduce <command>',
      'a command that makes one result, {output}, of several, {parts}; those that come of it are reduced again',
    )
    .option('--arity <number>', 'so many results are reduced at once (default: 8)', wholeNumber(2))
    .addOption(
      new Option(
        '--failed-parts <what>',
        'what becomes of the job if parts fail: fail (default), or skip, to leave them out of the result',
      ).choices(['fail', 'skip']),
    )
    .option('--dry-run', 'tell the parts and how their results would be joined, and run nothing');
  for (const option of workOptions()) command.addOption(option);
  command
    .argument('<command...>', 'after --: a shell command, as one word or as several')
    .addHelpText('after', help)
    .action(async (words: readonly string[], options: MapOptions) => {
      const { input = [], output, failedParts } = options;
      const inputs = inputFiles(input, 'input');
      const destination = fileDestination(output, '--output');
      refuseInputs(destination, allFiles(inputs), `--output ${output}`);
      const contributed = await withContributions(options);
      const job = await describeMapJob(newJobId(), {
        inputs,
        output: destination,
        command: words,
        work: options,
        ...contributed,
        ...(failedParts && { failedParts }),
      });
      if (options.dryRun) return exit(await tellPlan(job, { ...options, catalog: contributed.catalog }));
      const chosen = chosenWorkDirectory(options.workDir);
      const directory = workDirectoryFor(destination, chosen);
      exit(await executeJob(job, directory, { ...options, strategyModules: contributed.modules }));
    });
}

/** What is to be done, with the names of what modules bring; those of a plan are looked for where it lies. */
async function withContributions(
  options: MapOptions,
): Promise<Pick<MapRequest, 'wishes' | 'plan' | 'merges'> & Loaded> {
  const wanted = mergesOfWishes(options);
  if (options.plan !== undefined) return withPlan(options.plan, wanted);
  const { strategy, set, ...wishes } = wishesOf(options);
  const strategies = strategy === undefined ? [] : [strategy];
  const names = { ...namesIn(undefined, wanted ?? []), strategies };
  const { catalog, modules, strategyOf, mergesOf } = await contributionsOf(names, process.cwd());
  const name = strategyOf(strategy ?? defaultStrategy);
  return {
    ...{ catalog, modules },
    wishes: {
      ...wishes,
      ...(strategy !== undefined && { strategy: name }),
      ...(set && { set: parametersFrom(process.cwd(), name, set, catalog) }),
    },
    ...(wanted && { merges: mergesOf(wanted) }),
  };
}

/** The plan that a file has, with other merges where the command line names them. */
async function withPlan(
  file: string,
  wanted: readonly OutputMerge[] | undefined,
): Promise<Pick<MapRequest, 'plan' | 'merges'> & Loaded> {
  const planned = await planWithContributions(readPlan(file), path.dirname(path.resolve(file)));
  const merges = mergesOfPlan(planned.plan);
  if (!wanted) return { ...planned, ...(merges && { merges }) };
  const found = await contributionsOf(namesIn(undefined, wanted), process.cwd());
  const modules = [...new Set([...planned.modules, ...found.modules])];
  const catalog = await loadCatalog(modules);
  return { plan: planned.plan, modules, catalog, merges: found.mergesOf(wanted) };
}

/** There is one output, by the name that it has in the command. */
function mergesOfPlan({ merges, mergesByOutput = {} }: SplitPlan): OutputMerge[] | undefined {
  const unknown = Object.keys(mergesByOutput).find((name) => name !== outputName);
  if (unknown === undefined) return mergesByOutput[outputName] ?? merges;
  throw new UsageError(
    `--plan: merges.${unknown}: there is one output, named ${outputName}; give merge for it`,
  );
}

function wishesOf({ strategy, over, set, split, size, parts, minutes }: MapOptions): SplitWishes {
  return {
    ...(strategy !== undefined && { strategy }),
    ...(over && { over }),
    ...(set && { set: parameterSettings('--set', set) }),
    ...(split !== undefined && { split }),
    ...(size !== undefined && { size }),
    ...(parts !== undefined && { parts }),
    ...(minutes !== undefined && { minutes }),
  };
}
