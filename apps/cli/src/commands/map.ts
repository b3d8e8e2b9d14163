import { type Command, Option } from 'commander';
import { describeMapJob } from '../describe-map-job.ts';
import { chosenWorkDirectory, fileDestination, refuseInputs } from '../destination.ts';
import { executeJob } from '../execute-job.ts';
import { inputFiles } from '../input-files.ts';
import { newJobId, workDirectoryFor } from '../job-work.ts';
import { collect, type WorkOptions, wholeNumber, workOptions } from '../options.ts';

interface MapOptions extends WorkOptions {
  readonly input: readonly string[];
  readonly split?: string;
  readonly size?: number;
  readonly parts?: number;
  readonly output: string;
  readonly merge?: string;
}

const help = `
The command runs once for each part, in a directory of its own. {input} is the part, {output} the file to
write; without {output}, what the command prints is the result. Other inputs are shared by all tasks: name
them with --input NAME=FILE and write {NAME}. {{input}} stands for the text {input}.

Example:
  galaxy-mesos map --input reads.fa --split fasta --size 1000 --output hits.tsv -- 'grep -c ACGT {input} > {output}'

Exit status: 0 all well, 1 a task failed, 2 wrong use, 130 interrupted.`;

/** `galaxy-mesos map`: cut a file, run a command on each part, join the results. */
export function defineMap(command: Command, exit: (code: number) => void): void {
  command
    .description('Cuts a file into parts, runs a command on each as a task, and joins what the tasks write.')
    .requiredOption(
      '--input <[name=]file>',
      'the file to cut; further ones are shared by all tasks (repeatable)',
      collect,
    )
    .option('--split <[name=]format>', 'the format of the file that is cut: fasta (default: by its name)')
    .addOption(
      new Option('--size <records>', 'records of each part').argParser(wholeNumber(1)).conflicts('parts'),
    )
    .addOption(
      new Option('--parts <number>', 'number of parts, of about equal bytes (default: 20)').argParser(
        wholeNumber(1),
      ),
    )
    .requiredOption('--output <file>', 'where the joined result goes')
    .option('--merge <name>', 'how results are joined: concat (default: by the name of the output)');
  for (const option of workOptions()) command.addOption(option);
  command
    .argument('<command...>', 'after --: a shell command, as one word or as several')
    .addHelpText('after', help)
    .action(async (words: readonly string[], options: MapOptions) => {
      const { input, split, size, parts, output, merge } = options;
      const inputs = inputFiles(input, 'input');
      const destination = fileDestination(output, '--output');
      refuseInputs(destination, inputs, `--output ${output}`);
      const job = describeMapJob(newJobId(), {
        inputs,
        output: destination,
        command: words,
        work: options,
        ...(split !== undefined && { split }),
        ...(size !== undefined && { size }),
        ...(parts !== undefined && { parts }),
        ...(merge !== undefined && { merge }),
      });
      const chosen = chosenWorkDirectory(options.workDir);
      const directory = workDirectoryFor(destination, chosen);
      exit(await executeJob(job, directory, options));
    });
}
