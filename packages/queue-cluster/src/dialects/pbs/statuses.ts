import { z } from 'zod';
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
import { endOfPbs, type PbsEnd } from './endings.ts';
import { readPbsJson } from './json.ts';

/**
 * `qstat -f` has no option for the jobs of one user, and those of everybody may be many: `qselect` finds the ids. They
 * are printed before the answer, for there are versions of which `qstat -F json` leaves some out (openpbs issue 2672).
 */
export const userJobs = (tell: string, none: string): string =>
  `set -f; ids=$(qselect -u "$1") || exit; [ -n "$ids" ] || { echo '${none}'; exit 0; }; echo asked $ids; ${tell} $ids`;

/** Asks for all jobs of the user. */
export const statusOfPbs = ({ user }: StatusQuery): QueueCommand => ({
  program: 'sh',
  arguments: ['-c', userJobs('qstat -f -F json', '{"Jobs":{}}'), 'sh', user],
});

/** Texts of digits come as numbers. */
const text = z.union([z.string(), z.number()]).transform(String);

const jobSchema = z.object({
  Job_Name: text.optional(),
  job_state: text,
  exec_host: text.optional(),
  comment: text.optional(),
  Hold_Types: text.optional(),
  Exit_status: z.number().int().optional(),
  substate: z.number().optional(),
});

const answerSchema = z
  .object({ pbs_server: z.unknown().optional(), Jobs: z.record(z.string(), z.unknown()).optional() })
  .refine(({ pbs_server, Jobs }) => pbs_server !== undefined || Jobs !== undefined);

/** What `qstat -f -F json` said. */
export function statusesOfPbs(answer: QueueAnswer): StatusOutcome {
  const told = answerSchema.safeParse(readPbsJson(answer.stdout));
  const jobs = told.success ? told.data.Jobs : undefined;
  const batchJobs = Object.entries(jobs ?? {}).map(([id, job]) => reportOf(id, job));
  return complete(answer, told.success ? batchJobs : undefined);
}

function reportOf(id: string, value: unknown): BatchJobReport {
  const job = jobSchema.safeParse(value);
  if (!job.success) return { id, state: { kind: 'unknown', text: 'qstat tells it in an unknown form' } };
  const {
    Job_Name: name,
    job_state: letter,
    exec_host,
    comment,
    Hold_Types: holds,
    Exit_status,
    substate,
  } = job.data;
  const node = exec_host?.split('/')[0];
  const told = { letter, holds, comment, node, exitStatus: Exit_status, substate };
  return { id, ...(name === undefined ? {} : { name }), state: stateOf(told, endOfPbs) };
}

/** Lines of errors that say no more than that a job is not there any more. */
const gone = /^qstat: (?:Unknown Job Id(?: Error)? (\S+)|(\S+) Job has finished)/;

/**
 * An outcome of what was read, which PBS and Torque come to alike: `reports` is undefined if the answer was not
 * understood. Jobs that have gone since they were asked for are told as errors, with what is known of the others.
 */
export function complete(answer: QueueAnswer, reports: readonly BatchJobReport[] | undefined): StatusOutcome {
  const errors = answer.stderr.split('\n').filter((line) => line.trim() !== '');
  const isSure = errors.every((line) => gone.test(line));
  const noNews = { kind: 'no-news', text: commandProblem(answer)?.text ?? quoteAnswer(answer) } as const;
  if (answer.exitCode === null || commandProblem(answer) || !reports) return noNews;
  if (answer.exitCode !== 0 && (!isSure || errors.length === 0)) return noNews;
  if (reports.length === 0 && !isSure) return noNews;
  const named = new Set([
    ...reports.map(({ id }) => id),
    ...errors.flatMap((line) => gone.exec(line)?.slice(1) ?? []),
  ]);
  const leftOut = askedFor(answer.stdout).filter((id) => !named.has(id));
  return { kind: 'known', batchJobs: [...reports, ...leftOut.map(unknownJob)] };
}

const unknownJob = (id: string): BatchJobReport => ({
  id,
  state: { kind: 'unknown', text: 'qstat leaves it out' },
});

/** Ids that the command of `statusOfPbs` says it asks for. */
const askedFor = (stdout: string): readonly string[] =>
  /^asked (.*)$/m.exec(stdout)?.[1]?.trim().split(/\s+/) ?? [];

/** A job as PBS and Torque tell it. */
export interface PbsJob extends PbsEnd {
  readonly letter: string;
  readonly holds?: string | undefined;
}

/** The state of a job, by the letter that both have for it. */
export function stateOf(job: PbsJob, endOf: (end: PbsEnd) => BatchJobState): BatchJobState {
  const { letter, node } = job;
  const where = node === undefined ? {} : { node };
  if (/^[QTW]$/.test(letter)) return waiting(job);
  if (letter === 'H') return held(job);
  if (/^[RBE]$/.test(letter)) return { kind: 'running', ...where };
  if (/^[SU]$/.test(letter)) return { kind: 'running', isSuspended: true, ...where };
  if (/^[FXC]$/.test(letter)) return endOf(job);
  if (letter === 'M') return { kind: 'unknown', text: 'it was moved to another server' };
  return { kind: 'unknown', text: oneLine(`state ${letter}`) };
}

const waits = new Map([
  ['Q', undefined],
  ['T', 'it is on its way to another server'],
  ['W', 'it waits for its time to start'],
]);

function waiting({ letter, comment }: PbsJob): BatchJobState {
  const reason = comment === undefined ? waits.get(letter) : oneLine(comment);
  const isHopeless = comment !== undefined && /can never run/i.test(comment);
  const advice = adviceFor(comment ?? '');
  return {
    kind: 'waiting',
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(advice === undefined ? {} : { advice }),
    ...(isHopeless ? { isHopeless } : {}),
  };
}

const advices: readonly (readonly [RegExp, string])[] = [
  [/can never run/i, 'no node has so much: ask for less, or name another queue'],
  [
    /queue (?:is )?not (?:started|running)/i,
    'the queue starts no jobs: wait until the site opens it, or name another one',
  ],
  [
    /would exceed|limit.*reached|maximum number of/i,
    'it starts when others of the same user or project have ended',
  ],
];

const adviceFor = (comment: string): string | undefined => advices.find(([says]) => says.test(comment))?.[1];

const holders = new Map([
  ['u', 'its user'],
  ['o', 'an operator'],
  ['s', 'the system'],
  ['p', 'the server, for its password is wrong'],
  ['a', 'the array it belongs to'],
]);

function held({ holds = '', comment }: PbsJob): BatchJobState {
  const by = [...holds].flatMap((letter) => holders.get(letter) ?? []).join(' and ');
  const reason = oneLine(comment ?? (by === '' ? '' : `held by ${by}`));
  const advice = holds.includes('u') ? '`qrls` releases it' : 'the site can say why, and release it';
  return { kind: 'held', ...(reason === '' ? {} : { reason }), advice };
}
