import {
  type BatchJobRequest,
  type BatchJobShape,
  type ClusterDefinition,
  clusterDirectory,
  clustersDirectory,
  type Dialect,
  dialectNamed,
  type InquiryFinding,
  listClusters,
  masterBatchJob,
  pilotBatchJob,
  type QueueAnswer,
  type QueueCommand,
  readDefinition,
  runQueueCommand,
} from '@galaxy-mesos/queue-cluster';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { changesTo } from './changed-cluster.ts';
import { type DescriptionOptions, describedCluster } from './described-cluster.ts';
import { isDescribed } from './open-cluster.ts';
import { told } from './status-text.ts';
import { askingOnce, tryBatchJob } from './try-batch-job.ts';

/** A queue that does not answer within this is not going to. */
const timeoutMilliseconds = 20_000;

/** Stands where a batch job's own eight characters, and the launcher's token, would be. */
const standIn = { characters: 'xxxxxxxx', token: '0'.repeat(32) };

/** A batch job that a cluster would submit. */
interface TrialJob {
  /** What it is, for people. */
  readonly subject: string;
  readonly shape: BatchJobShape;
  readonly request: BatchJobRequest;
}

/** Prints what a cluster would submit, and has its queue say whether it would take it. Starts nothing. */
export async function dryRun(
  name: string,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const directory = clusterDirectory(clustersDirectory(environment), name);
  const definition = await plannedCluster(name, directory, options, environment);
  const askers = new Map<string, Ask>();
  let isFine = true;
  for (const job of trialJobs(definition, directory)) {
    const { ssh } = job.shape;
    const key = JSON.stringify(ssh);
    const ask =
      askers.get(key) ?? askingOnce((command) => runQueueCommand(command, { ssh, timeoutMilliseconds }));
    askers.set(key, ask);
    isFine = (await isTaken(job, ask)) && isFine;
  }
  return isFine ? exitCodes.ok : exitCodes.failed;
}

/** What the cluster would be; of one that is there, says what would change. */
async function plannedCluster(
  name: string,
  directory: string,
  options: DescriptionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<ClusterDefinition> {
  const isThere = (await listClusters(clustersDirectory(environment))).includes(name);
  if (!isThere) return describedCluster(name, options, environment);
  const before = await readDefinition(directory);
  if (!isDescribed(options)) return before;
  const after = describedCluster(name, options, environment);
  const changes = changesTo(before, after);
  for (const change of changes) process.stderr.write(`would change: ${change}\n`);
  if (changes.length === 0) process.stderr.write('nothing would change\n');
  return after;
}

function trialJobs(definition: ClusterDefinition, directory: string): readonly TrialJob[] {
  const { name, master, pools } = definition;
  const { token, characters } = standIn;
  const pilots = Object.entries(pools).map(([pool, shape]) => {
    const pilot = { pilot: `gm-${name}-${pool}-${characters}`, pool, token, excludedNodes: [] };
    return { subject: `pool ${pool}`, shape, request: pilotBatchJob(definition, directory, pilot) };
  });
  if (master.kind !== 'in-job') return pilots;
  const named = { name: `gm-${name}-_master-${characters}`, token };
  const request = masterBatchJob(definition, directory, named);
  return [{ subject: 'master', shape: master.job, request }, ...pilots];
}

type Ask = (command: QueueCommand) => Promise<QueueAnswer>;

/** Whether the queue may be thought to take a batch job. */
async function isTaken({ subject, shape, request }: TrialJob, ask: Ask): Promise<boolean> {
  const dialect = dialectNamed(shape.dialect);
  process.stdout.write(`# ${subject}, for ${dialect.title}\n${dialect.render(request).trimEnd()}\n`);
  const findings = await tryBatchJob(dialect, request, ask);
  for (const line of wordsOf(dialect, findings)) process.stderr.write(`${subject}: ${line}\n`);
  return findings.every(({ kind }) => kind !== 'refused');
}

/** What was found, as lines for people. */
function wordsOf({ title, trial }: Dialect, findings: readonly InquiryFinding[]): readonly string[] {
  if (trial) return findings.flatMap((finding) => wordsOfTrial(title, finding));
  return [
    ...findings.flatMap((finding) =>
      finding.kind === 'refused'
        ? told(`${finding.subject}: ${finding.problem.text}`, finding.problem.advice)
        : [`${finding.subject}: ${finding.text ?? 'is fine'}`],
    ),
    `asked, not tried: ${summaryOf(findings)}`,
  ];
}

function wordsOfTrial(title: string, finding: InquiryFinding): readonly string[] {
  switch (finding.kind) {
    case 'fine':
      return [`${title} would take it${finding.text === undefined ? '' : `: ${finding.text}`}`];
    case 'unclear':
      return [`${title} does not say whether it would take it: ${finding.text}`];
    case 'refused':
      return told(`${title} refuses: ${finding.problem.text}`, finding.problem.advice);
  }
}

/** What was asked says less than a trial: nobody knows that it would be taken. */
function summaryOf(findings: readonly InquiryFinding[]): string {
  const has = (kind: InquiryFinding['kind']) => findings.some((finding) => finding.kind === kind);
  if (has('refused')) return 'something speaks against it';
  if (has('unclear') || findings.length === 0)
    return 'what was told is not enough to know what would become of it';
  return 'nothing that was told speaks against it';
}
