import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { commandLineError } from './command-line-error.ts';
import { agentsCommand } from './commands/agents.ts';
import { daemonCommand } from './commands/daemon.ts';
import { doctorCommand } from './commands/doctor.ts';
import { jobsCommand } from './commands/jobs.ts';
import { mapCommand } from './commands/map.ts';
import { queueCommand } from './commands/queue.ts';
import { runCommand } from './commands/run.ts';
import { submitCommand } from './commands/submit.ts';
import { exitCodes } from './exit-codes.ts';
import { exitCodeOf, messageOf } from './report-error.ts';

const help = `
Where work runs: on the Mesos cluster that --mesos or MESOS_URL names (HOST:5050), else on this machine.

Example:
  galaxy-mesos map --input proteins.fa --parts 8 --output lengths.tsv -- 'grep -c ">" {input}'`;

/** Commander throws this where it has shown its help, because nothing was asked for. */
const helpShown = 'commander.help';

/** Runs a command line, as `process.argv` has it, and answers the exit status; never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = await buildProgram(argv.slice(2), (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    // Help and --version come this way, too.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    if (error instanceof CommanderError) {
      if (error.code !== helpShown) complain(commandLineError(error, argv.slice(2)));
      return exitCodes.usage;
    }
    complain(messageOf(error));
    if (program.opts<{ debug?: boolean }>().debug && error instanceof Error) complain(error.stack ?? '');
    return exitCodeOf(error);
  }
}

const complain = (text: string): void => void process.stderr.write(`galaxy-mesos: ${text}\n`);

async function buildProgram(words: readonly string[], exit: (code: number) => void): Promise<Command> {
  const program = new Command('galaxy-mesos')
    .description(
      "Splits files, runs commands and Galaxy's tools on Apache Mesos or on this machine, joins the results.",
    )
    .version(version())
    .option('--debug', 'show where an error comes from')
    .addHelpText('after', help)
    .enablePositionalOptions()
    // Printed by runProgram, in the words of all other errors.
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  const commands = [
    ...[mapCommand(exit), runCommand(exit), submitCommand(exit), jobsCommand(exit)],
    ...[agentsCommand(), queueCommand(), await daemonCommand(words, exit), doctorCommand(exit)],
  ];
  for (const command of commands) program.addCommand(inheriting(command, program));
  return program;
}

/** A command, and those below it, with the settings of the one above. */
function inheriting(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const below of command.commands) inheriting(below, command);
  return command;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}
