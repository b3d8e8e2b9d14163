import { QueueClusterError } from '../../queue-cluster-error.ts';
import type { BatchJobRequest } from '../dialect.ts';
import {
  type BarredOption,
  barredBecause,
  directiveLine,
  directiveValue,
  directiveWord,
  withDirectives,
} from '../directives.ts';
import { hoursMinutesSeconds } from '../durations.ts';
import { oneLine } from '../one-line.ts';
import { shellWord } from '../shell-word.ts';

/**
 * The script with its directives. What runs it is the shell that `-S` names, not that of its first line; it starts in
 * the home directory, and goes to the job's own by itself. No mail is sent, and the job is not started a second time.
 */
export function renderPbs(request: BatchJobRequest): string {
  const { cpus, memMb, gpus } = request;
  const chunk = [
    `1:ncpus=${Math.ceil(cpus)}`,
    `mem=${Math.ceil(memMb)}mb`,
    ...(gpus > 0 ? [`ngpus=${gpus}`] : []),
  ];
  // `-k oed` writes output where it belongs from the beginning, not when the job has ended.
  return rendered(request, [`-l select=${chunk.join(':')}`, '-k oed'], 'J');
}

/** What PBS and Torque write alike; `arrays` is the option by which a job becomes several. */
export function rendered(request: BatchJobRequest, own: readonly string[], arrays: 'J' | 't'): string {
  const { name, log, walltimeSeconds, queue, account, directory } = request;
  const options = [
    `-N ${word('the name', name)}`,
    '-S /bin/bash',
    ...(queue === undefined ? [] : [`-q ${word('the queue', queue)}`]),
    ...(account === undefined ? [] : [`-A ${word('the account', account)}`]),
    `-l walltime=${hoursMinutesSeconds(walltimeSeconds)}`,
    ...own,
    '-j oe',
    `-o ${path('the path of the log', log)}`,
    '-m n',
    '-r n',
  ];
  const directives = [
    ...options.map((option) => `#PBS ${option}`),
    ...request.extra.map((line) => directiveLine(line, ownLine(arrays))),
  ];
  return withDirectives(request.script, [
    ...directives,
    `cd -- ${shellWord(directiveValue('the directory', directory))}`,
  ]);
}

/** What needs no quotes in a directive; anything else is refused. */
const word = (what: string, value: string): string =>
  directiveWord(what, value, {
    form: /^[A-Za-z0-9_][A-Za-z0-9_.@:+/=-]*$/,
    title: 'PBS',
    expected: 'letters, digits and _ . @ : + / = -',
  });

/** A path may have blanks, for PBS knows quotes; before a colon it expects a host, and `$` is replaced. */
function path(what: string, value: string): string {
  if (/^\/[^"'\\$:,`]*$/.test(directiveValue(what, value))) return value.includes(' ') ? `"${value}"` : value;
  throw new QueueClusterError(
    'INVALID_DEFINITION',
    `${what} ${oneLine(JSON.stringify(value), 200)} cannot be told to PBS: expected an absolute path without quotes, \\ $ : , and \``,
  );
}

/** Options without values may stand in one word with those that have one: `-hN name`. */
const barred = (letters: string, because: string): BarredOption => ({
  option: new RegExp(`^-[fhIVXz]*[${letters}]`),
  because,
});

const barredInPbs: readonly BarredOption[] = [
  barred('N', barredBecause.name),
  { option: /^-[fhIVXz]*q\s*\S*@/, because: barredBecause.elsewhere },
  { option: /^-[fhIVXz]*W\s*(?:\S*,)?block=/, because: barredBecause.waits },
  barred('I', barredBecause.waits),
  barred('z', barredBecause.silent),
];

/** A line that PBS reads and the shell does not. A backslash at its end would join it with the next one. */
const ownLine = (arrays: string) => ({
  form: /^#PBS\s.*[^\\]$/,
  title: 'PBS',
  example: '#PBS -l place=excl',
  barred: [...barredInPbs, barred(arrays, barredBecause.array)],
});
