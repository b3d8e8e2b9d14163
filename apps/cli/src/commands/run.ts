import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseTool } from '@galaxy-mesos/galaxy-jobs';
import type { Command } from 'commander';
import { checkToolDirectory, describeToolJob } from '../describe-tool-job.ts';
import { chosenWorkDirectory, directoryDestination, refuseInputs } from '../destination.ts';
import { executeJob } from '../execute-job.ts';
import { existingFile, inputFiles } from '../input-files.ts';
import { newJobId, workDirectoryFor } from '../job-work.ts';
import { collect, type WorkOptions, workOptions } from '../options.ts';
import { UsageError } from '../usage-error.ts';

interface RunOptions extends WorkOptions {
  readonly input?: readonly string[];
  readonly set?: readonly string[];
  readonly outputDir: string;
}

const help = `
Each output of the tool becomes a file in the output directory, named after the output and its format. A tool
with <parallelism> is split as it says. What a tool requires must be installed where its tasks run.

Example:
  galaxy-mesos run gc_content.xml --input input=genes.fa --output-dir results

Exit status: 0 all well, 1 a task failed, 2 wrong use or a tool that is not supported, 130 interrupted.`;

/** `galaxy-mesos run`: run one Galaxy tool from its XML. */
export function defineRun(command: Command, exit: (code: number) => void): void {
  command
    .description('Runs a Galaxy tool from its XML, as tasks if the tool says how it can be split.')
    .argument('<tool.xml>', 'the tool')
    .option('--input <name=file>', 'a dataset of the tool (repeatable)', collect)
    .option('--set <name=value>', 'another parameter of the tool (repeatable)', collect)
    .requiredOption('--output-dir <directory>', 'where the outputs go; made if it is not there');
  for (const option of workOptions()) command.addOption(option);
  command.addHelpText('after', help).action(async (toolFile: string, options: RunOptions) => {
    const toolPath = existingFile(toolFile, 'the tool').path;
    const inputs = inputFiles(options.input ?? []);
    const outputDirectory = directoryDestination(options.outputDir, '--output-dir');
    const tool = parseTool(readFileSync(toolPath, 'utf8'), { path: toolFile });
    const chosen = chosenWorkDirectory(options.workDir);
    const directory = workDirectoryFor(path.join(outputDirectory, tool.id), chosen);
    checkToolDirectory(directory);
    const { job, notes } = describeToolJob(newJobId(), {
      tool,
      toolPath,
      inputs,
      settings: settings(options.set ?? []),
      outputDirectory,
      work: options,
    });
    for (const { destination } of job.outputs) {
      refuseInputs(destination, inputs, `--output-dir ${options.outputDir}: ${destination}`);
    }
    for (const note of notes) process.stderr.write(`galaxy-mesos: ${tool.id}: ${note}\n`);
    mkdirSync(outputDirectory, { recursive: true });
    exit(await executeJob(job, directory, options));
  });
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
