import { z } from 'zod';
import type {
  BatchJobReport,
  BatchJobState,
  QueueAnswer,
  QueueCommand,
  StatusOutcome,
  StatusQuery,
} from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { endingOf } from './endings.ts';
import { noNews } from './problems.ts';

const fields = 'jobid jobindex stat job_name exit_code exit_reason pend_reason exec_host';

/** Those that have ended are listed as well, for an hour unless the site says otherwise: no accounts are needed. */
export function status({ user }: StatusQuery): QueueCommand {
  return { program: 'bjobs', arguments: ['-a', '-u', user, '-json', '-o', fields] };
}

const text = z.union([z.string(), z.number().transform(String)]).optional();
const recordSchema = z.object({
  JOBID: text,
  JOBINDEX: text,
  STAT: text,
  JOB_NAME: text,
  EXIT_CODE: text,
  EXIT_REASON: text,
  PEND_REASON: text,
  EXEC_HOST: text,
});
const answerSchema = z.object({
  COMMAND: z.literal('bjobs'),
  RECORDS: z.array(z.record(z.string(), z.unknown())),
});
type JobRecord = z.infer<typeof recordSchema>;

/** The first of `4*n1:n2`, for pilots have one. */
const nodeOf = ({ EXEC_HOST = '' }: JobRecord): { node?: string } => {
  const node = EXEC_HOST.split(':')[0]?.replace(/^\d+\*/, '');
  return node ? { node } : {};
};

function reasonOf(words: string | undefined): { reason?: string } {
  const reason = oneLine(words ?? '').replace(/;$/, '');
  return reason === '' || reason === '-' ? {} : { reason };
}

function exited(record: JobRecord): BatchJobState {
  const exitCode = Number.parseInt(record.EXIT_CODE ?? '', 10);
  return {
    kind: 'ended',
    how: endingOf(record.EXIT_REASON ?? ''),
    ...(Number.isInteger(exitCode) && { exitCode }),
    ...nodeOf(record),
    ...reasonOf(record.EXIT_REASON),
  };
}

const held = (record: JobRecord): BatchJobState => ({
  kind: 'held',
  ...reasonOf(record.PEND_REASON),
  advice: '`bresume ID` lets it go',
});

/** What LSF's states mean. In `UNKWN` the host is not heard of, and the job may well run: that is no news. */
const states: Readonly<Record<string, (record: JobRecord) => BatchJobState>> = {
  PEND: (record) => ({ kind: 'waiting', ...reasonOf(record.PEND_REASON) }),
  WAIT: (record) => ({ kind: 'waiting', ...reasonOf(record.PEND_REASON) }),
  PSUSP: held,
  RUN: (record) => ({ kind: 'running', ...nodeOf(record) }),
  USUSP: (record) => ({ kind: 'running', ...nodeOf(record), isSuspended: true }),
  SSUSP: (record) => ({ kind: 'running', ...nodeOf(record), isSuspended: true }),
  DONE: (record) => ({ kind: 'ended', how: 'completed', exitCode: 0, ...nodeOf(record) }),
  EXIT: exited,
  // Killed while its host was not heard of.
  ZOMBI: (record) => ({
    kind: 'ended',
    how: 'node-failed',
    ...nodeOf(record),
    ...reasonOf(record.EXIT_REASON),
  }),
};

function report(entry: Readonly<Record<string, unknown>>): BatchJobReport[] {
  const { data } = recordSchema.safeParse(entry);
  // One of an array is none of ours; one with an error instead of a state is not there.
  if (
    !data ||
    !/^\d+$/.test(data.JOBID ?? '') ||
    !/^0?$/.test(data.JOBINDEX ?? '') ||
    data.STAT === undefined
  )
    return [];
  const { JOBID = '', JOB_NAME = '', STAT } = data;
  const state = Object.hasOwn(states, STAT) ? states[STAT]?.(data) : undefined;
  // A name that was cut has an asterisk in front.
  const isWhole = JOB_NAME !== '' && !JOB_NAME.startsWith('*');
  return [
    {
      id: JOBID,
      ...(isWhole && { name: JOB_NAME }),
      state: state ?? { kind: 'unknown', text: oneLine(STAT) },
    },
  ];
}

function readRecords(stdout: string): readonly Record<string, unknown>[] | undefined {
  const start = stdout.search(/^\s*\{/m);
  try {
    const { data } = answerSchema.safeParse(JSON.parse(stdout.slice(Math.max(start, 0))));
    return data?.RECORDS;
  } catch {
    // Cut off, or nothing of the kind: the caller says that this is no news.
    return undefined;
  }
}

export function statuses(answer: QueueAnswer): StatusOutcome {
  const { exitCode, stdout, stderr } = answer;
  const isNothing = stdout.trim() === '' && /^No (?:unfinished )?job found/m.test(stderr);
  if (exitCode !== null && isNothing) return { kind: 'known', batchJobs: [] };
  const records = exitCode === 0 ? readRecords(stdout) : undefined;
  if (!records) return { kind: 'no-news', text: noNews(answer) };
  return { kind: 'known', batchJobs: records.flatMap(report) };
}
