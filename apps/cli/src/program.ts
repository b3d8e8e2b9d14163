import { readFileSync } from 'node:fs';
import { FormatError } from '@galaxy-mesos/formats';
import { ToolError } from '@galaxy-mesos/galaxy-jobs';
import { PlanError } from '@galaxy-mesos/parallelism';
import { Command, CommanderError } from 'commander';
import { doctorCommand } from './commands/doctor.ts';
import { mapCommand } from './commands/map.ts';
import { runCommand } from './commands/run.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

const help = `
Where work runs: on the Mesos cluster that --mesos or MESOS_URL names (HOST:5050), else on this machine.

Example:
  galaxy-mesos map --input proteins.fa --parts 8 --output lengths.tsv -- 'grep -c ">" {input}'`;

/** Runs a command line, as `process.argv` has it, and answers the exit status; never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    // Commander has printed its own message; help and --version come this way, too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    process.stderr.write(`galaxy-mesos: ${messageOf(error)}\n`);
    if (program.opts<{ debug?: boolean }>().debug && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return isUsage(error) ? exitCodes.usage : exitCodes.failed;
  }
}

function buildProgram(exit: (code: number) => void): Command {
  const program = new Command('galaxy-mesos')
    .description(
      "Splits files, runs commands and Galaxy's tools on Apache Mesos or on this machine, joins the results.",
    )
    .version(version())
    .option('--debug', 'show where an error comes from')
    .addHelpText('after', help)
    .enablePositionalOptions()
    .exitOverride();
  for (const command of [mapCommand(exit), runCommand(exit), doctorCommand(exit)]) {
    program.addCommand(command.exitOverride());
  }
  return program;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is wrong with what was given, not with how the work went. */
const isUsage = (error: unknown): boolean =>
  error instanceof UsageError ||
  error instanceof FormatError ||
  error instanceof PlanError ||
  error instanceof ToolError;
