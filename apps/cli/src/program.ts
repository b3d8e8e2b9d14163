import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { commandLineError } from './command-line-error.ts';
import { exitCodes } from './exit-codes.ts';

/** Gives a command its options and what it does. */
type Definition = (command: Command, exit: (code: number) => void) => void;

/** A command; what it is made of is loaded only where somebody asks for it, so that all others are there the sooner. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Definition>;
}

const commands: readonly CommandEntry[] = [
  {
    name: 'map',
    summary: 'cut a file, run a command on each part, join the results',
    load: async () => (await import('./commands/map.ts')).defineMap,
  },
  {
    name: 'run',
    summary: 'run a Galaxy tool from its XML',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    name: 'strategies',
    summary: 'list the ways to cut and to join',
    load: async () => (await import('./commands/strategies.ts')).defineStrategies,
  },
  {
    name: 'strategy',
    summary: 'begin a strategy of your own',
    load: async () => (await import('./commands/strategy.ts')).defineStrategy,
  },
  {
    name: 'submit',
    summary: 'submit a job that a document in YAML or JSON describes',
    load: async () => (await import('./commands/submit.ts')).defineSubmit,
  },
  {
    name: 'jobs',
    summary: 'list, show, follow and steer the jobs of a daemon',
    load: async () => (await import('./commands/jobs.ts')).defineJobs,
  },
  {
    name: 'agents',
    summary: 'list the agents of a daemon',
    load: async () => (await import('./commands/agents.ts')).defineAgents,
  },
  {
    name: 'queue',
    summary: 'tell what waits, and why',
    load: async () => (await import('./commands/queue.ts')).defineQueue,
  },
  {
    name: 'daemon',
    summary: 'run jobs that Galaxy and others send, until it is told to stop',
    load: async () => (await import('./commands/daemon.ts')).defineDaemon,
  },
  {
    name: 'cluster',
    summary: 'start and keep a Mesos cluster inside a batch queue',
    load: async () => (await import('./commands/cluster.ts')).defineCluster,
  },
  {
    name: 'doctor',
    summary: 'find out what is here and what is missing',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
];

const help = `
Where work runs: on the Mesos cluster that --mesos or MESOS_URL names (HOST:5050, or cluster:NAME), else on this machine.

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
    const { exitCodeOf, messageOf } = await errorReport();
    complain(messageOf(error));
    if (program.opts<{ debug?: boolean }>().debug) complain(inspect(error));
    return exitCodeOf(error);
  }
}

/** It knows the errors of all packages; where nothing but help is asked for, it need not be loaded. */
const errorReport = () => import('./report-error.ts');

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
  for (const { name, summary, load } of commands) {
    const command = new Command(name).summary(summary);
    if (words.includes(name)) {
      // The report as well: at the end of a long run its file may have been replaced by a newer version's.
      const [define] = await Promise.all([load(), errorReport()]);
      define(command, exit);
    }
    program.addCommand(inheriting(command, program));
  }
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
