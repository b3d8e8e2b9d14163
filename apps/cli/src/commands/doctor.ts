import type { Cluster } from '@galaxy-mesos/drivers';
import type { GalaxyDoctorFlags } from '@galaxy-mesos/runnerd';
import type { Command } from 'commander';
import { chosenCluster } from '../cluster.ts';
import { composeDriver } from '../compose.ts';
import { type Finding, printFindings } from '../doctor/finding.ts';
import { lookAtCluster } from '../doctor/mesos-cluster.ts';
import { lookAtSharedPath } from '../doctor/shared-path.ts';
import { lookAtDirectory, lookAtMachine } from '../doctor/this-machine.ts';
import { exitCodes } from '../exit-codes.ts';

interface DoctorOptions {
  readonly mesos?: string;
  readonly workDir: string;
  readonly json?: boolean;
  readonly galaxy?: boolean;
  readonly daemon?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly on?: string;
  readonly queue?: string;
  readonly account?: string;
  readonly ssh?: string;
  readonly cpus?: string;
  readonly mem?: string;
  readonly gpus?: string;
  readonly walltime?: string;
}

const help = `
Example:
  galaxy-mesos doctor --mesos 10.0.0.1:5050 --work-dir /shared/work
  galaxy-mesos doctor --on slurm --queue main --account lab
  galaxy-mesos doctor --on pbs --queue fat --cpus 64 --mem 500G --walltime 48h
  galaxy-mesos doctor --galaxy --daemon http://127.0.0.1:8913 --token-file token

Exit status: 0 all well, 1 something is missing, 2 wrong use.`;

/** `galaxy-mesos doctor`: what is here and what is missing. */
export function defineDoctor(command: Command, exit: (code: number) => void): void {
  command
    .description(
      'Looks at this machine, at the Mesos cluster if there is one, and whether its agents see the work directory.',
    )
    .option('--mesos <url>', 'the cluster to look at (default: $MESOS_URL)')
    .option('--work-dir <directory>', 'the directory where parts and state would be kept', '.')
    .option('--json', 'one finding a line')
    .option(
      '--galaxy',
      "have a daemon run a job as Galaxy would, and print what to add to Galaxy's job_conf.yml",
    )
    .option('--daemon <url>', 'with --galaxy: the daemon (default: http://127.0.0.1:8913)')
    .option('--token <token>', 'with --galaxy: what it asks for (default: $GALAXY_MESOS_TOKEN)')
    .option('--token-file <file>', 'with --galaxy: the file in which the token stands')
    .option('--on <system>', 'whether clusters can be had in this queueing system: slurm, sge, pbs, lsf, ...')
    .option('--queue <name>', 'with --on: the queue; in Slurm, the partition')
    .option('--account <name>', 'with --on: whom the queue charges')
    .option('--ssh <words>', "with --on: words in front of the queue's commands")
    .option('--cpus <number>', 'with --on: cores of the batch job that is tried (default: 1)')
    .option('--mem <size>', 'with --on: its memory (default: 1G)')
    .option('--gpus <number>', 'with --on: its graphics processors (default: 0)')
    .option('--walltime <time>', 'with --on: how long it may run (default: 1h)')
    .addHelpText('after', help)
    .action(async (options: DoctorOptions) => {
      if (options.galaxy) {
        const { doctorForGalaxy } = await import('@galaxy-mesos/runnerd');
        exit(await doctorForGalaxy(galaxyFlags(options, process.env)));
        return;
      }
      const findings = await examine(options, process.env);
      const lines = options.json
        ? findings.map((finding) => JSON.stringify(finding)).join('\n')
        : printFindings(findings);
      process.stdout.write(`${lines}\n`);
      exit(findings.some(({ state }) => state === 'problem') ? exitCodes.failed : exitCodes.ok);
    });
}

function galaxyFlags(
  { daemon, token, tokenFile }: DoctorOptions,
  { GALAXY_MESOS_DAEMON, GALAXY_MESOS_TOKEN }: NodeJS.ProcessEnv,
): GalaxyDoctorFlags {
  const url = daemon ?? GALAXY_MESOS_DAEMON;
  const shown = token ?? (tokenFile === undefined ? GALAXY_MESOS_TOKEN : undefined);
  return {
    ...(url && { daemon: url }),
    ...(shown && { token: shown }),
    ...(tokenFile !== undefined && { tokenFile }),
  };
}

async function examine(options: DoctorOptions, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { on, mesos, workDir } = options;
  if (on !== undefined) {
    const { lookAtQueue } = await import('../doctor/batch-queue.ts');
    return [...lookAtMachine(environment), ...(await lookAtQueue({ ...options, on }, environment))];
  }
  return examineCluster(await chosenCluster(mesos, environment), workDir);
}

async function examineCluster(cluster: Cluster, workDirectory: string): Promise<Finding[]> {
  const directory = lookAtDirectory(workDirectory);
  const findings = [...lookAtMachine(process.env), directory];
  if (cluster.kind === 'local') {
    findings.push({ subject: 'MESOS_URL', state: 'note', text: 'not set: work runs on this machine' });
    return findings;
  }
  findings.push({ subject: 'MESOS_URL', state: 'ok', text: cluster.master });
  const report = await lookAtCluster(cluster);
  findings.push(...report.findings);
  if (report.agents && directory.state === 'ok') {
    const driver = composeDriver(cluster, { directory: workDirectory, jobName: 'doctor', isPassing: true });
    findings.push(await lookAtSharedPath(workDirectory, driver, report.agents));
  }
  return findings;
}
