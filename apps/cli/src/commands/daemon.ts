import { type DaemonFlags, daemonHelp, daemonOptions, runDaemon } from '@galaxy-mesos/runnerd';
import { type Command, Option } from 'commander';

/** `galaxy-mesos daemon`: run jobs that Galaxy and others send. */
export function defineDaemon(command: Command, exit: (code: number) => void): void {
  command.description(
    "Takes jobs over HTTP, as Galaxy's remote job runner Pulsar does and by an API of its own, and runs them on Apache Mesos or on this machine.",
  );
  for (const { flags, description } of daemonOptions) command.addOption(new Option(flags, description));
  command.addHelpText('after', daemonHelp).action(async (flags: DaemonFlags) => {
    exit(await runDaemon(flags));
  });
}
