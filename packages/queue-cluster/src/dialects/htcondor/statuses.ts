import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type {
  BatchJobReport,
  BatchJobState,
  QueueAnswer,
  QueueCommand,
  StatusOutcome,
  StatusQuery,
} from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { endOfHtcondor } from './endings.ts';
import { heldState } from './holds.ts';
import { attributes, type CondorJob, readJobs } from './job.ts';

/** Asks for the jobs of the user whose names begin so. */
export const statusOfHtcondor = ({ user, namePrefix }: StatusQuery): QueueCommand => ({
  program: 'condor_q',
  arguments: [
    '-json',
    '-attributes',
    attributes,
    '-constraint',
    `Owner == ${literal(user)} && substr(JobBatchName, 0, ${namePrefix.length}) == ${literal(namePrefix)}`,
  ],
});

/** A text in the language of ClassAds. */
const literal = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** What `condor_q -json` said, which is nothing where there are no jobs. */
export const statusesOfHtcondor = (answer: QueueAnswer): StatusOutcome =>
  answer.exitCode === 0 && answer.stdout.trim() === '' && answer.stderr.trim() === ''
    ? { kind: 'known', batchJobs: [] }
    : toldJobs(answer);

/** What `condor_history -json` said: a list, which can be empty. */
export function toldJobs(answer: QueueAnswer): StatusOutcome {
  const jobs = answer.exitCode === 0 ? readJobs(answer.stdout) : undefined;
  if (!jobs) return { kind: 'no-news', text: commandProblem(answer)?.text ?? quoteAnswer(answer) };
  return { kind: 'known', batchJobs: jobs.map(reportOf) };
}

function reportOf(job: CondorJob): BatchJobReport {
  const { ClusterId, ProcId, JobBatchName: name } = job;
  return { id: `${ClusterId}.${ProcId}`, ...(name === undefined ? {} : { name }), state: stateOf(job) };
}

function stateOf(job: CondorJob): BatchJobState {
  switch (job.JobStatus) {
    case 1:
      return waiting(job);
    case 2:
    // Its output is on the way.
    case 6:
      return running(job);
    case 7:
      return { ...running(job), isSuspended: true };
    case 3:
    case 4:
      return endOfHtcondor(job, nodeOf(job));
    case 5:
      return heldState(job.HoldReasonCode, job.HoldReason);
    default:
      return { kind: 'unknown', text: oneLine(`JobStatus ${JSON.stringify(job.JobStatus) ?? 'is missing'}`) };
  }
}

function waiting({ LastRejMatchReason, ClusterId, ProcId }: CondorJob): BatchJobState {
  const reason = oneLine(LastRejMatchReason ?? '');
  if (reason === '') return { kind: 'waiting' };
  return {
    kind: 'waiting',
    reason,
    advice: `\`condor_q -better-analyze ${ClusterId}.${ProcId}\` tells what no machine has`,
  };
}

function running(job: CondorJob): Extract<BatchJobState, { kind: 'running' }> {
  const node = nodeOf(job);
  const start = job.JobCurrentStartDate ?? job.JobStartDate;
  const longest = job.PilotWalltime;
  return {
    kind: 'running',
    ...(node === undefined ? {} : { node }),
    ...(start === undefined ? {} : { startedAt: start * 1000 }),
    ...(start === undefined || longest === undefined ? {} : { endsAt: (start + longest) * 1000 }),
  };
}

/** A slot is `slot1_1@node`. */
const nodeOf = ({ RemoteHost, LastRemoteHost }: CondorJob): string | undefined =>
  (RemoteHost ?? LastRemoteHost)?.split('@').at(-1);
