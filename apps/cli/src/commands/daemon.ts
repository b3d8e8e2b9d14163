import type { DaemonFlags } from '@galaxy-mesos/runnerd';
import { Command, Option } from 'commander';

const name = 'daemon';

/**
 * `galaxy-mesos daemon`: run jobs that Galaxy and others send. What it is made of is loaded only where somebody asks
 * for it: all other commands are there the sooner.
 */
export async function daemonCommand(
  words: readonly string[],
  exit: (code: number) => void,
): Promise<Command> {
  const command = new Command(name)
    .summary('run jobs that Galaxy and others send, until it is told to stop')
    .description(
      "Takes jobs over HTTP, as Galaxy's remote job runner Pulsar does and by an API of its own, and runs them on Apache Mesos or on this machine.",
    );
  if (!words.includes(name)) return command;
  const { daemonHelp, daemonOptions, runDaemon } = await import('@galaxy-mesos/runnerd');
  for (const { flags, description } of daemonOptions) command.addOption(new Option(flags, description));
  return command.addHelpText('after', daemonHelp).action(async (flags: DaemonFlags) => {
    exit(await runDaemon(flags));
  });
}
