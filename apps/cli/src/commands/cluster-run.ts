import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import {
  attendedAddress,
  clusterDirectory,
  clustersDirectory,
  masterAccess,
} from '@galaxy-mesos/queue-cluster';
import { Command } from 'commander';
import { withUsage } from '../cluster-commands/usage-of.ts';
import { messageOf } from '../report-error.ts';
import { UsageError } from '../usage-error.ts';

const help = `
Example:
  galaxy-mesos cluster run mine -- ./pipeline.sh

Exit status: that of the command; 128 and the number of a signal that ended it.`;

/** `galaxy-mesos cluster run`: run one command with MESOS_URL set. */
export const clusterRunCommand = (exit: (code: number) => void): Command =>
  new Command('run')
    .summary('run one command with MESOS_URL set')
    .argument('<name>', 'the cluster')
    .argument('<command...>', 'the command, after --')
    .passThroughOptions()
    .addHelpText('after', help)
    .action(async (name: string, given: string[]) => {
      // Commander leaves the -- in, where options are passed through.
      const [program, ...words] = given[0] === '--' ? given.slice(1) : given;
      if (program === undefined)
        throw new UsageError('which command? It goes last, after --: … run mine -- ./pipeline.sh');
      const clusters = clustersDirectory(process.env);
      const address = await withUsage(() => attendedAddress(clusters, name));
      const { credentialFile } = masterAccess(clusterDirectory(clusters, name));
      const environment = {
        MESOS_URL: address,
        GALAXY_MESOS_CLUSTER: name,
        // Another one's would be refused here.
        GALAXY_MESOS_CREDENTIAL_FILE: credentialFile,
      };
      exit(await ran(program, words, environment));
    });

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Runs a command in this terminal to its end, and answers its exit status as a shell tells it. */
async function ran(program: string, words: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const passOn = (signal: NodeJS.Signals) => {
    // A terminal tells its whole group of Ctrl-C; whoever kills this process means the command.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => {
        const isMissing = 'code' in error && error.code === 'ENOENT' && !program.includes('/');
        const why = isMissing ? 'there is no such program in PATH' : messageOf(error);
        reject(new UsageError(`${program} cannot be started: ${why}`));
      });
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}
