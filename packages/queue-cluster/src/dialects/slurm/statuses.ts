import { quoteAnswer } from '../command-problems.ts';
import type { BatchJobReport, QueueAnswer, QueueCommand, StatusOutcome, StatusQuery } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { stateOf } from './states.ts';

/** Id, state, reason, nodes, start and end; the name, which is the user's to choose, comes last. */
const format = '%i|%T|%r|%N|%S|%e|%j';

/** Variables with which users have `squeue` leave jobs out; a job that is left out would be taken for gone. */
const filtersOfUsers = [
  'SLURM_CLUSTERS',
  'SQUEUE_ACCOUNT',
  'SQUEUE_CLUSTERS',
  'SQUEUE_LICENSES',
  'SQUEUE_NAMES',
  'SQUEUE_PARTITION',
  'SQUEUE_QOS',
  'SQUEUE_PRIORITY',
];

/**
 * All jobs of the user, for `squeue` refuses to answer at all where the only id it is asked for is unknown. Its lines
 * are the same in all versions, unlike its JSON, which says that there are no jobs when the controller is down.
 */
export const status = ({ user }: StatusQuery): QueueCommand => ({
  program: 'env',
  arguments: [
    ...filtersOfUsers.flatMap((name) => ['-u', name]),
    // Seconds since 1970: the clock of another machine may show another hour.
    'SLURM_TIME_FORMAT=%s',
    'squeue',
    '--noheader',
    '--array',
    '--states=all',
    `--user=${user}`,
    `--format=${format}`,
  ],
});

/** What `squeue` said. An answer of which a part is not understood is no news: jobs might be missing from it. */
export function statuses(answer: QueueAnswer): StatusOutcome {
  const { exitCode, stdout, stderr } = answer;
  // Also with exit code 0: `squeue: error: Invalid user`.
  if (exitCode !== 0 || /\berror: /.test(stderr)) return noNews(quoteAnswer(answer));
  if (stdout !== '' && !stdout.endsWith('\n'))
    return noNews(`its answer is cut off: ${oneLine(stdout.slice(-100))}`);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const batchJobs: BatchJobReport[] = [];
  for (const line of lines) {
    const report = reportOf(line);
    if (report) batchJobs.push(report);
    // With several clusters there is a heading for each, whatever it was told.
    else if (!line.startsWith('CLUSTER: '))
      return noNews(`it said something else than asked: ${oneLine(line)}`);
  }
  return { kind: 'known', batchJobs };
}

const noNews = (text: string): StatusOutcome => ({ kind: 'no-news', text: oneLine(text) });

/** `ID`, or that of one task of an array: `ID_TASK`; `ID_[TASKS]` of tasks that wait. */
const jobId = /^[1-9]\d*(?:[_+][\w[\],%-]+)?$/;

function reportOf(line: string): BatchJobReport | undefined {
  const [id = '', state = '', reason = '', node = '', start = '', end = '', ...rest] = line.split('|');
  if (rest.length === 0 || !jobId.test(id) || !/^[A-Z]/.test(state)) return undefined;
  return {
    id,
    name: rest.join('|'),
    state: stateOf({
      state,
      reason,
      ...nodeOf(node),
      ...timeOf('startedAt', start),
      ...timeOf('endsAt', end),
    }),
  };
}

const nodeOf = (node: string) => (node === '' || node === '(null)' ? {} : { node });

function timeOf<K extends string>(key: K, text: string): { readonly [Key in K]?: number } {
  // `N/A`, `Unknown`, or a form that says nothing of its time zone.
  return /^\d{9,11}$/.test(text) ? ({ [key]: Number(text) * 1000 } as { [Key in K]: number }) : {};
}
