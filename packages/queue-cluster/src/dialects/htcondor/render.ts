import { QueueClusterError } from '../../queue-cluster-error.ts';
import type { BatchJobRequest } from '../dialect.ts';
import { barredBecause, directiveValue } from '../directives.ts';
import { oneLine } from '../one-line.ts';

/**
 * The submit description. It runs `script` of the job's directory, which the nodes see, by bash. HTCondor has no
 * walltimes, and starts a job again after it was evicted: both are the matter of expressions, by which it goes.
 */
export function renderHtcondor(request: BatchJobRequest): string {
  const { name, log, cpus, memMb, gpus, walltimeSeconds, queue, account, extra } = request;
  if (queue !== undefined)
    throw refusal(`the queue ${quoted(queue)} cannot be asked for: HTCondor has no queues; leave it out`);
  const directory = path('the directory', request.directory);
  return [
    'universe = vanilla',
    'executable = /bin/bash',
    'transfer_executable = False',
    `arguments = "'${directory}/script'"`,
    `batch_name = ${word('the name', name)}`,
    `initialdir = ${directory}`,
    `output = ${path('the path of the log', log)}`,
    `error = ${path('the path of the log', log)}`,
    'should_transfer_files = NO',
    `request_cpus = ${Math.ceil(cpus)}`,
    `request_memory = ${Math.ceil(memMb)}MB`,
    ...(gpus > 0 ? [`request_gpus = ${gpus}`] : []),
    ...(account === undefined ? [] : [`accounting_group = ${word('the account', account)}`]),
    `+PilotWalltime = ${Math.ceil(walltimeSeconds)}`,
    `periodic_remove = ${overtime} || ${evicted}`,
    `requirements = ${requirements(request)}`,
    `job_max_vacate_time = ${secondsToEnd}`,
    'notification = Never',
    ...extra.map(assignment),
    'queue',
    '',
  ].join('\n');
}

/** How long a job has from TERM to KILL: the script lets the agent go within this time. */
const secondsToEnd = 30;

/** `allowed_execute_duration` does not do: 23.9 does not always heed it, and holds the job, which then stays for ever. */
const overtime = '(JobStatus == 2 && time() - JobCurrentStartDate > PilotWalltime)';
/** Waits again, or has been started again. */
const evicted = '(JobStatus == 1 && NumJobStarts > 0) || NumJobStarts > 1';

const requirements = ({ excludedNodes }: BatchJobRequest): string =>
  [
    '(MY.NumJobStarts == 0)',
    ...excludedNodes.map((node) => `(TARGET.Machine != "${word('the node', node)}")`),
  ].join(' && ');

const quoted = (value: string): string => oneLine(JSON.stringify(value), 200);

const refusal = (text: string): QueueClusterError => new QueueClusterError('INVALID_DEFINITION', text);

/** What means nothing to the language of submit descriptions. */
function word(what: string, value: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.@+-]*$/.test(value)) return value;
  throw refusal(
    `${what} ${quoted(value)} cannot be told to HTCondor: expected letters, digits and _ . @ + -`,
  );
}

/** A path may have blanks inside; `$` is replaced, and quotes end what they stand in. */
function path(what: string, value: string): string {
  if (/^\/(?:[^"'\\$`]*[^"'\\$`\s])?$/.test(directiveValue(what, value))) return value;
  throw refusal(
    `${what} ${quoted(value)} cannot be told to HTCondor: expected an absolute path without quotes, \\ $ and \``,
  );
}

/** One attribute of a site's own. Whatever else a description may hold, such as `queue 100`, is no attribute. */
function assignment(line: string): string {
  if (/^(?:\+|MY\.)?(?:batch_name|JobBatchName)\b/i.test(line))
    throw refusal(`the directive ${quoted(line)} cannot be: it ${barredBecause.name}`);
  if (/^\+?[A-Za-z_][\w.]*\s*=\s*.*[^\\\s]$/.test(directiveValue('the directive', line))) return line;
  throw refusal(
    `the directive ${quoted(line)} is none of HTCondor: expected a line such as \`+WantGlidein = True\``,
  );
}
