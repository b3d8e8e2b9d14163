import { constants } from 'node:os';
import type { JobOutcome, TaskFailure } from '@galaxy-mesos/job-runner';

/** More failures than this are only counted: they mostly have one cause. */
const shown = 3;
const stderrLines = 10;
/** Longer lines, such as those of a binary file that came upon stderr, are cut: people read this. */
const longestLine = 300;

const memoryReason = 'REASON_CONTAINER_LIMITATION_MEMORY';

/** What a person needs to know of tasks that failed: which, why, its last words, where to look. */
export function failureReport({ failures, counts }: Extract<JobOutcome, { state: 'error' }>): string {
  const told = withoutRepetition(failures).slice(0, shown);
  const untold = failures.length - told.length;
  return [
    ...told.flatMap(describe),
    ...(untold > 0 ? [`… and ${untold} more task${untold === 1 ? '' : 's'} failed`] : []),
    `${counts.finished} of ${counts.total} tasks are done`,
  ].join('\n');
}

/** Tasks that never ran have nothing of their own to tell: of those with the same message one is enough. */
function withoutRepetition(failures: readonly TaskFailure[]): readonly TaskFailure[] {
  const messages = new Set<string>();
  return failures.filter(({ attempts, message = '' }) => {
    if (attempts > 0) return true;
    const isNew = !messages.has(message);
    messages.add(message);
    return isNew;
  });
}

function describe(failure: TaskFailure): string[] {
  const { task, attempts, hostname, sandbox, stderr, reason } = failure;
  const place = hostname === undefined ? '' : ` on ${hostname}`;
  return [
    `${task} failed${ending(failure)}`,
    ...(attempts === 0 ? [] : lastWords(stderr)),
    ...(sandbox === undefined ? [] : [`  sandbox: ${sandbox}${place}`]),
    ...(reason === memoryReason
      ? ['  give each task more memory with --mem, or resources.mem of its document']
      : []),
  ];
}

function ending({ attempts, exitCode, message, reason, state }: TaskFailure): string {
  const words = [message, reason].filter((word) => word !== undefined);
  const causes = exitCode === undefined ? words : [`exit code ${exitCode}${signalOf(exitCode)}`];
  if (causes.length === 0 && state !== undefined) causes.push(state);
  if (attempts > 1) causes.push(`after ${attempts} attempts`);
  return causes.length > 0 ? `: ${causes.join(', ')}` : '';
}

/** Shells tell of a command that a signal ended by 128 and the number of the signal. */
function signalOf(exitCode: number): string {
  const name = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return name === undefined ? '' : ` (${name})`;
}

function lastWords(stderr: string): string[] {
  const text = printable(stderr).trimEnd();
  if (text === '') return ['  it wrote nothing on stderr'];
  const lines = text.split('\n').slice(-stderrLines);
  return ['  its stderr ends with:', ...lines.map((line) => `    ${cut(line)}`)];
}

const cut = (line: string): string => (line.length <= longestLine ? line : `${line.slice(0, longestLine)} …`);

/** What a task writes must not move the cursor of whoever reads of it, or ring their bell. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  text.replace(/\r\n/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');
