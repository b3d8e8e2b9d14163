import type {
  BatchJobReport,
  BatchJobState,
  QueueAnswer,
  QueueCommand,
  StatusOutcome,
  StatusQuery,
} from '../dialect.ts';
import { type JobDetails, readDetails } from './details.ts';
import { type ListedJob, readJobLists } from './job-lists.ts';
import { noNews } from './problems.ts';

/**
 * The list in XML, for only there names are whole; the times in UTC, for they come without their zone. Where something
 * waits, the details of the jobs with such names follow, for the list does not say why. The jobs of an array are not
 * listed one by one: other people's arrays are long. The states are those that qstat shows without being told, for a file
 * of the user's or the site's (sge_qstat) may say others, and what is left out would be taken for gone.
 */
const script = `list=$(TZ=UTC0 qstat -u "$1" -s prs -xml) || exit
printf '%s\\n' "$list"
case $list in *'qw</state>'*) qstat -j "$2" 2>/dev/null ;; esac
exit 0`;

export function status({ user, namePrefix }: StatusQuery): QueueCommand {
  return { program: 'sh', arguments: ['-c', script, 'qstat', user, `${namePrefix}*`] };
}

/** Milliseconds since 1970; the command asks for UTC. */
function instant(text: string | undefined): number | undefined {
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(text ?? '')
    ? Date.parse(`${text}Z`)
    : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** Such a job waits until somebody clears its error, which for a pilot nobody does. */
function errorState({ error }: JobDetails): BatchJobState {
  const isOfPaths = /output file|input file|chdir/.test(error ?? '');
  return {
    kind: 'waiting',
    isHopeless: true,
    reason: error ?? 'Grid Engine has put the job into the error state',
    advice: isOfPaths
      ? 'the directory of the cluster must be on a file system that the nodes have as well'
      : '`qstat -j ID` says more; `qmod -cj ID` has Grid Engine try it again once the cause is gone',
  };
}

function holdState({ scheduling }: JobDetails): BatchJobState {
  return { kind: 'held', reason: scheduling ?? 'Job is in hold state', advice: '`qrls ID` lets it go' };
}

function waitingState({ scheduling }: JobDetails): BatchJobState {
  return { kind: 'waiting', ...(scheduling !== undefined && { reason: scheduling }) };
}

function runningState(job: ListedJob, isSuspended: boolean): BatchJobState {
  const node = job.get('queue_name')?.split('@')[1];
  const startedAt = instant(job.get('JAT_start_time'));
  return {
    kind: 'running',
    ...(node !== undefined && node !== '' && { node }),
    ...(startedAt !== undefined && { startedAt }),
    ...(isSuspended && { isSuspended }),
  };
}

/** Letters that are heaped up: `hRwq`, `dRr`, `Eqw`. A job that is being deleted (`d`) is still there. */
function stateOf(job: ListedJob, details: JobDetails): BatchJobState {
  const letters = job.get('state') ?? '';
  if (!/^[a-zA-Z]+$/.test(letters) || /[^EhRdqwrtsSTNPz]/.test(letters))
    return { kind: 'unknown', text: letters };
  if (letters.includes('E')) return errorState(details);
  if (letters === 'z') return { kind: 'ended', how: 'unknown' };
  if (letters.includes('q')) return letters.includes('h') ? holdState(details) : waitingState(details);
  if (/[rtsST]/.test(letters)) return runningState(job, /[sSTNP]/.test(letters));
  return { kind: 'unknown', text: letters };
}

function report(job: ListedJob, details: ReadonlyMap<string, JobDetails>): BatchJobReport | undefined {
  const id = job.get('JB_job_number') ?? '';
  const name = job.get('JB_name');
  // An array is none of ours, and its tasks have one number.
  if (!/^\d+$/.test(id) || job.has('tasks')) return undefined;
  return { id, ...(name && { name }), state: stateOf(job, details.get(id) ?? {}) };
}

export function statuses(answer: QueueAnswer): StatusOutcome {
  // The details begin with such a line.
  const [list = '', ...details] = answer.stdout.split(/^=+$/m);
  const jobs = answer.exitCode === 0 ? readJobLists(list) : undefined;
  if (!jobs) return { kind: 'no-news', text: noNews(answer) };
  const byId = readDetails(details);
  return { kind: 'known', batchJobs: jobs.flatMap((job) => report(job, byId) ?? []) };
}
